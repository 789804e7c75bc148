import Schema
@testable import TestSupport
import Testing

@testable import Diff

/// The statements on real servers: what they show afterwards is the desired table.
@Suite struct ServerTests {
    @Test(arguments: StatementCases.all) func reachesTheTarget(pair: StatementCase) throws {
        let server = try ServerPair()
        try server.createParents()
        let (from, to) = (try server.normalised(pair.from), try server.normalised(pair.to))
        let alterations = try pair.alterations(from, to, .mariadb)
        #expect(alterations.map { $0.sql(table: "t", flavour: .mariadb) } == pair.statements)
        try server.expect(to, from: from, by: alterations)
    }

    /// What the texts of the cases mean there; some of them only MariaDB takes.
    @Test(arguments: TestServer.available, StatementCases.all)
    func reachesTheTargetOnEveryServer(kind: TestServer.Kind, pair: StatementCase) throws {
        let server = try ServerPair(kind)
        try server.createParents()
        do {
            let (from, to) = (try server.normalised(pair.from), try server.normalised(pair.to))
            try server.expect(to, from: from, by: pair.alterations(from, to, kind.flavour))
        } catch let error as MySQLError {
            #expect(pair.isRefused(by: kind), "\(error)")
        }
    }

    /// What stays is written anew where a column that it comes to goes: errors 3108, 3766, 3837.
    @Test func writesAnewWhatComesToADroppedColumn() throws {
        let rest = """
            h int AS (g + 1), i int DEFAULT (g + 2), j int AS (2), a char(8),
            KEY k ((g + 3)), KEY l ((j + 4)), CONSTRAINT c CHECK (h > 0)
            """
        for kind in TestServer.available where kind.flavour == .mysql {
            let server = try ServerPair(kind)
            let from = try server.normalised("(g int AS (length(d)), d char(8), \(rest))")
            let to = try server.normalised("(g int AS (length(a)), \(rest))")
            let alterations = try TableDiff.changes(from: from, to: to, flavour: .mysql)
            #expect(
                alterations.map { $0.sql(table: "t", flavour: .mysql) } == [
                    "ALTER TABLE `t` DROP INDEX `k`, DROP COLUMN `d`, MODIFY COLUMN `g` int "
                        + "GENERATED ALWAYS AS (length(`a`)) VIRTUAL, MODIFY COLUMN `h` int "
                        + "GENERATED ALWAYS AS ((`g` + 1)) VIRTUAL, MODIFY COLUMN `i` int DEFAULT "
                        + "((`g` + 2)), ADD KEY `k` (((`g` + 3)))"
                ])
            try server.expect(to, from: from, by: alterations)
        }
    }

    /// MySQL rewrites no expression: error 3108, 3837 or 3959 without the other clauses.
    @Test func replacesTheExpressionsOfARenamedColumn() throws {
        let from = try TableParser.parse(Self.expressions("qty"), flavour: .mysql)
        let to = try TableParser.parse(Self.expressions("amount"), flavour: .mysql)
        let hint = ColumnRename(table: "t", from: "qty", to: "amount")
        let alterations = try TableDiff.changes(
            from: from, to: to, renames: [hint], flavour: .mysql)
        #expect(
            alterations.map { $0.sql(table: "t", flavour: .mysql) } == [
                "ALTER TABLE `t` DROP CHECK `positive`, DROP INDEX `next`, "
                    + "CHANGE COLUMN `qty` `amount` int DEFAULT NULL, MODIFY COLUMN `twice` int "
                    + "GENERATED ALWAYS AS ((`amount` * 2)) VIRTUAL, "
                    + "ADD KEY `next` (((`amount` + 1))), "
                    + "ADD CONSTRAINT `positive` CHECK ((`amount` > 0))"
            ])
        let findings = try TableDiff.findings(of: alterations, on: from)
        #expect(
            findings.map(\.finding).filter { $0.hazard > .safe }.map(\.rule) == ["rename-column"],
            "\(findings)")
        for kind in TestServer.available where kind.flavour == .mysql {
            try ServerPair(kind).expect(to, from: from, by: alterations)
        }
    }

    /// Only MySQL lets a default name a generated column.
    @Test func takesDefaultsAwayWhileTheirColumnIsMadeAnew() throws {
        let rest = "a int, i int DEFAULT (g + 2), j int NOT NULL DEFAULT (g + 3)"
        for kind in TestServer.available where kind.flavour == .mysql {
            let server = try ServerPair(kind)
            let from = try server.normalised("(g int AS (a + 1) VIRTUAL, \(rest))")
            let to = try server.normalised("(g int AS (a + 1) STORED, \(rest))")
            let alterations = try TableDiff.changes(from: from, to: to, flavour: .mysql)
            #expect(
                alterations.map { $0.sql(table: "t", flavour: .mysql) } == [
                    "ALTER TABLE `t` DROP COLUMN `g`, MODIFY COLUMN `i` int DEFAULT NULL, "
                        + "MODIFY COLUMN `j` int NOT NULL",
                    "ALTER TABLE `t` ADD COLUMN `g` int GENERATED ALWAYS AS ((`a` + 1)) STORED "
                        + "FIRST, MODIFY COLUMN `i` int DEFAULT ((`g` + 2)), MODIFY COLUMN `j` int "
                        + "NOT NULL DEFAULT ((`g` + 3))",
                ])
            try server.expect(to, from: from, by: alterations)
        }
    }

    /// MySQL takes no such default together with its column (error 1674).
    @Test func setsRandomDefaultsOnceTheirColumnsAreThere() throws {
        let text = """
            (a int PRIMARY KEY, b binary(36) DEFAULT (uuid()), c double NOT NULL DEFAULT (rand()),
            d varbinary(9) DEFAULT ('uuid()'), e date DEFAULT (curdate()),
            f varbinary(99) DEFAULT (concat(user(), current_user())), UNIQUE KEY k (b))
            """
        for kind in TestServer.available where kind.flavour == .mysql {
            let server = try ServerPair(kind)
            let (from, to) = (
                try server.normalised("(a int PRIMARY KEY)"), try server.normalised(text)
            )
            let alterations = try TableDiff.changes(from: from, to: to, flavour: .mysql)
            #expect(
                alterations.map { $0.sql(table: "t", flavour: .mysql) } == [
                    "ALTER TABLE `t` ADD COLUMN `b` binary(36) DEFAULT NULL, ADD COLUMN `c` double "
                        + "NOT NULL, ADD COLUMN `d` varbinary(9) DEFAULT (_utf8mb4'uuid()'), ADD "
                        + "COLUMN `e` date DEFAULT (curdate()), ADD COLUMN `f` varbinary(99) DEFAULT "
                        + "NULL, ADD UNIQUE KEY `k` (`b`)",
                    "ALTER TABLE `t` MODIFY COLUMN `b` binary(36) DEFAULT (uuid()), MODIFY COLUMN "
                        + "`c` double NOT NULL DEFAULT (rand()), MODIFY COLUMN `f` varbinary(99) "
                        + "DEFAULT (concat(user(),current_user()))",
                ])
            try server.expect(to, from: from, by: alterations)
            let change = TableChange(
                kind: .alter, table: "t", from: from, to: to, alterations: alterations)
            let unfilled = try change.probedHazards(ProbeContext(flavour: .mysql))
                .filter { $0.rule == "add-unfilled-column" }
            #expect(
                unfilled.map(\.reason) == [
                    "rows that are there get NULL in `b`: the server computes DEFAULT (uuid()) "
                        + "only for rows to come",
                    "rows that are there get an empty `c`: the server computes DEFAULT (rand()) "
                        + "only for rows to come",
                    "rows that are there get NULL in `f`: the server computes DEFAULT "
                        + "(concat(user(),current_user())) only for rows to come",
                ])
            #expect(unfilled.allSatisfy { $0.hazard == .lossy })
            #expect(
                Set(unfilled.map(\.probe?.question?.sql)) == [
                    "SELECT 1 FROM `t` WHERE TRUE LIMIT 1"
                ])
        }
    }

    /// MySQL copies a table with such a check, and renames no column of a key while it copies.
    @Test(arguments: [
        ("enum('x','y')", true), ("set('x')", true), ("date", true), ("datetime(3)", true),
        ("timestamp", true), ("time", true), ("year", false), ("json", false), ("text", false),
    ])
    func takesChecksAwayWhileAColumnOfAKeyGetsItsName(type: String, isAway: Bool) throws {
        func text(_ column: String) -> String {
            "(\(column) int PRIMARY KEY, up int, c \(type) NULL, CONSTRAINT f FOREIGN KEY (up) "
                + "REFERENCES t (\(column)), CONSTRAINT e CHECK (c IS NOT NULL), CONSTRAINT d "
                + "CHECK (up > 0), CONSTRAINT n CHECK (c IS NULL) NOT ENFORCED)"
        }
        try Self.expectRename(
            text,
            by: (isAway ? ["ALTER TABLE `t` DROP CHECK `e`"] : [])
                + ["ALTER TABLE `t` CHANGE COLUMN `id` `nr` int NOT NULL"]
                + (isAway
                    ? ["ALTER TABLE `t` ADD CONSTRAINT `e` CHECK ((`c` is not null))"] : []))
    }

    /// MySQL minds a key on a column that begins to count, but for its checks (error 1833).
    @Test func takesAnOwnKeyAwayWhereItsParentBeginsToCount() throws {
        let key = "CONSTRAINT f FOREIGN KEY (up) REFERENCES t (id)"
        for kind in TestServer.available where kind.flavour == .mysql {
            let server = try ServerPair(kind)
            let from = try server.normalised(
                "(id int PRIMARY KEY, up int, a int, \(key), KEY g (a))")
            let to = try server.normalised(
                "(id int AUTO_INCREMENT PRIMARY KEY, up int, a int, \(key), "
                    + "CONSTRAINT g FOREIGN KEY (a) REFERENCES t (id))")
            let alterations = try TableDiff.changes(from: from, to: to, flavour: .mysql)
            #expect(
                alterations.first?.sql(table: "t", flavour: .mysql)
                    == "ALTER TABLE `t` DROP FOREIGN KEY `f`")
            try server.expect(to, from: from, by: alterations)
        }
    }

    /// MySQL rewrites no expression, and copies no table while a column of a key is renamed.
    @Test func takesExpressionsAwayWhileAColumnOfAKeyGetsItsName() throws {
        func text(_ column: String) -> String {
            """
            (\(column) binary(9) PRIMARY KEY, up binary(9), g int AS (length(\(column))) STORED,
            h int AS (g + 1), i int DEFAULT (h + 2), j int DEFAULT (length(\(column))),
            KEY k ((length(\(column)))), KEY l (h), KEY m (j), CONSTRAINT c CHECK (\(column) > 'a'),
            CONSTRAINT d CHECK (g > 0), CONSTRAINT e CHECK (j > 0),
            CONSTRAINT f FOREIGN KEY (up) REFERENCES t (\(column)))
            """
        }
        try Self.expectRename(
            text,
            by: [
                "ALTER TABLE `t` DROP CHECK `c`, DROP CHECK `d`, DROP INDEX `k`, DROP INDEX "
                    + "`l`, DROP COLUMN `g`, DROP COLUMN `h`, MODIFY COLUMN `i` int DEFAULT NULL",
                "ALTER TABLE `t` CHANGE COLUMN `id` `nr` binary(9) NOT NULL, MODIFY COLUMN `j` "
                    + "int DEFAULT (length(`nr`))",
                "ALTER TABLE `t` ADD COLUMN `g` int GENERATED ALWAYS AS (length(`nr`)) STORED "
                    + "AFTER `up`, ADD COLUMN `h` int GENERATED ALWAYS AS ((`g` + 1)) VIRTUAL "
                    + "AFTER `g`, MODIFY COLUMN `i` int DEFAULT ((`h` + 2)), ADD KEY `k` "
                    + "((length(`nr`))), ADD KEY `l` (`h`), ADD CONSTRAINT `c` CHECK ((`nr` > "
                    + "_utf8mb4'a')), ADD CONSTRAINT `d` CHECK ((`g` > 0))",
            ])
    }

    /// Goes from the table with a column `id` to the same with `nr`, by hint, on every MySQL.
    private static func expectRename(
        _ text: (String) -> String, by statements: [String]
    ) throws {
        for kind in TestServer.available where kind.flavour == .mysql {
            let server = try ServerPair(kind)
            let (from, to) = (try server.normalised(text("id")), try server.normalised(text("nr")))
            let alterations = try TableDiff.changes(
                from: from, to: to, renames: [ColumnRename(table: "t", from: "id", to: "nr")],
                flavour: .mysql)
            #expect(alterations.map { $0.sql(table: "t", flavour: .mysql) } == statements)
            try server.expect(to, from: from, by: alterations)
        }
    }

    private static func expressions(_ column: String) -> String {
        """
        CREATE TABLE `t` (
          `id` int NOT NULL,
          `\(column)` int DEFAULT NULL,
          `twice` int GENERATED ALWAYS AS ((`\(column)` * 2)) VIRTUAL,
          PRIMARY KEY (`id`),
          KEY `next` (((`\(column)` + 1))),
          CONSTRAINT `positive` CHECK ((`\(column)` > 0))
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
        """
    }

    /// Pairs in one test share a database: fewer connections, the same statements.
    @Test(arguments: TestServer.available, Rounds.seeds(20))
    func reachesRandomTargets(kind: TestServer.Kind, block: Int) throws {
        let server = try ServerPair(kind)
        var tried = 0
        for seed in block * 10..<block * 10 + 10 {
            var tables = RandomTables(seed: UInt64(seed))
            let from = try created(tables.table(), on: server)
            let to = try created(tables.table(), on: server)
            guard let from, let to else { continue }
            tried += 1
            try server.expect(
                to, from: from, by: TableDiff.changes(from: from, to: to, flavour: kind.flavour),
                "seed \(seed)")
        }
        #expect(tried > 1)
    }

    /// The table as the server shows it; nil for what no server takes.
    private func created(_ table: Table, on server: ServerPair) throws -> Table? {
        do {
            try server.connection.execute(table.showCreate(flavour: server.flavour))
        } catch {
            return nil
        }
        defer { try? server.connection.execute("DROP TABLE t") }
        return try server.show()
    }
}

extension StatementCase {
    fileprivate func alterations(
        _ from: Table, _ to: Table, _ flavour: ServerProfile.Flavour
    ) throws -> [Alteration] {
        try TableDiff.changes(
            from: from, to: to,
            renames: renames.map { ColumnRename(table: "t", from: $0.0, to: $0.1) },
            flavour: flavour)
    }

    /// Words that MySQL does not know.
    fileprivate func isRefused(by kind: TestServer.Kind) -> Bool {
        let words = [
            "IGNORED", "SYSTEM", "PERIOD", "ROW START", "CURRENT", "Aria", "uuid", "PAGE_",
        ]
        return kind.flavour == .mysql && words.contains { (from + to).contains($0) }
    }
}
