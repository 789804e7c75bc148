import Basics
import Diff
import Testing

@testable import Observed
@testable import TestSupport

@Suite("Changes are proved on scratch tables before a shard sees them")
struct ProvingTests {
    /// A change, and what MariaDB 10.11 needs for it.
    struct Case: CustomTestStringConvertible, Sendable {
        var from = "id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY ka (a)"
        let to: String
        let algorithm: Algorithm
        let lock: LockMode
        let rebuilds: Bool
        var testDescription: String { "\(to): \(algorithm.rawValue)" }

        init(
            from: String? = nil, _ to: String, _ algorithm: Algorithm, _ lock: LockMode = .none,
            rebuilds: Bool = false
        ) {
            if let from { self.from = from }
            self.to = to
            self.algorithm = algorithm
            self.lock = lock
            self.rebuilds = rebuilds
        }
    }

    static let cases = [
        Case("id INT PRIMARY KEY, a INT, b VARCHAR(20), c INT, KEY ka (a)", .instant),
        Case(
            "id INT PRIMARY KEY, n INT NOT NULL DEFAULT 5, a INT, b VARCHAR(20), KEY ka (a)",
            .instant),
        Case("id INT PRIMARY KEY, a INT, KEY ka (a)", .instant),
        Case("id INT PRIMARY KEY, a INT COMMENT 'x', b VARCHAR(20), KEY ka (a)", .instant),
        Case("id INT PRIMARY KEY, a INT, b VARCHAR(20) DEFAULT 'x', KEY ka (a)", .instant),
        Case("id INT PRIMARY KEY, a INT, b VARCHAR(60), KEY ka (a)", .instant),
        Case("id INT PRIMARY KEY, b VARCHAR(20), a INT, KEY ka (a)", .instant),
        Case("id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY kb (a)", .instant),
        Case("id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY ka (a) IGNORED", .instant),
        Case("id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY ka (a), KEY kb (b)", .nocopy),
        Case("id INT PRIMARY KEY, a INT, b VARCHAR(20), UNIQUE KEY kb (b), KEY ka (a)", .nocopy),
        Case("id INT PRIMARY KEY, a INT, b VARCHAR(20)", .nocopy),
        Case(
            "id INT PRIMARY KEY, a INT NOT NULL, b VARCHAR(20), KEY ka (a)", .inplace,
            rebuilds: true),
        Case(
            "id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY ka (a), FULLTEXT KEY f (b)", .inplace,
            .shared, rebuilds: true),
        Case(
            "id INT PRIMARY KEY, a BIGINT, b VARCHAR(20), KEY ka (a)", .copy, .shared,
            rebuilds: true),
        Case(
            from: "id INT PRIMARY KEY, b VARCHAR(200)", "id INT PRIMARY KEY, b VARCHAR(300)", .copy,
            .shared, rebuilds: true),
        Case(
            "id INT PRIMARY KEY, a INT, b VARCHAR(10), KEY ka (a)", .copy, .shared, rebuilds: true),
        Case(
            "id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY ka (a), CONSTRAINT c CHECK (a > 0)",
            .copy,
            .shared, rebuilds: true),
        // What rows have to be asked about is done in a way that asks them.
        Case(
            from: "id INT PRIMARY KEY, a INT", "id INT PRIMARY KEY, a INT CHECK (a > 5)",
            .copy, .shared, rebuilds: true),
        Case(
            from: "id INT PRIMARY KEY", "id INT PRIMARY KEY, a INT NOT NULL CHECK (a > 5)",
            .copy, .shared, rebuilds: true),
        Case(
            from: "id INT PRIMARY KEY", "id INT PRIMARY KEY, a JSON NOT NULL",
            .copy, .shared, rebuilds: true),
        Case(from: "id INT PRIMARY KEY", "id INT PRIMARY KEY, a JSON", .instant),
        // What every row gets alike needs no row.
        Case(
            from: "id INT PRIMARY KEY",
            "id INT PRIMARY KEY, a INT NOT NULL DEFAULT 6 CHECK (a > 5), b VARCHAR(9) DEFAULT 'x' "
                + "CHECK (b <> 'y')", .instant),
        Case(
            from: "id INT PRIMARY KEY",
            "id INT PRIMARY KEY, a INT NOT NULL DEFAULT 4 CHECK (a > 5)", .copy, .shared,
            rebuilds: true),
        Case(
            from: "id INT PRIMARY KEY",
            "id INT PRIMARY KEY, a VARCHAR(9) NOT NULL DEFAULT 'x' CHECK (a <> 'X')", .copy,
            .shared,
            rebuilds: true),
        Case(
            from: "id INT PRIMARY KEY",
            "id INT PRIMARY KEY, a INT NOT NULL DEFAULT 4 CHECK (a > id)", .copy, .shared,
            rebuilds: true),
        Case(
            from: "id INT PRIMARY KEY", "id INT PRIMARY KEY, a JSON NOT NULL DEFAULT '{}'",
            .instant),
        Case(
            from: "id INT PRIMARY KEY, a INT, g INT AS (a) VIRTUAL, CHECK (g > 0)",
            "id INT PRIMARY KEY, a INT, g INT AS (a - 9) VIRTUAL, CHECK (g > 0)", .copy, .shared,
            rebuilds: true),
        Case(
            from: "id INT PRIMARY KEY, a INT, g INT AS (a) VIRTUAL",
            "id INT PRIMARY KEY, a INT, g INT AS (a - 9) VIRTUAL", .instant),
        Case(
            from: "id INT PRIMARY KEY, a VARCHAR(9) CHECK (a <> 'x')",
            "id INT PRIMARY KEY, a VARCHAR(19) CHECK (a <> 'x')", .instant),
        Case(
            from: "id INT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_bin, "
                + "g INT AS (a = 'X') STORED",
            "id INT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_general_ci, g INT AS (a = 'X') STORED",
            .copy, .shared, rebuilds: true),
        Case(
            from: "id INT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_bin, "
                + "g INT AS (a = 'X') VIRTUAL, KEY k (g)",
            "id INT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_general_ci, "
                + "g INT AS (a = 'X') VIRTUAL, KEY k (g)", .copy, .shared, rebuilds: true),
        Case(
            from: "id INT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_bin",
            "id INT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_general_ci", .instant),
    ]

    @Test("the cheapest algorithm that the server takes", arguments: cases)
    func algorithms(change: Case) throws {
        let fixture = try WorkspaceFixture()
        let proof = try fixture.prove(
            "CREATE TABLE t (\(change.from))", "CREATE TABLE t (\(change.to))")
        let statement = try #require(proof.statements.first)
        #expect(proof.statements.count == 1)
        #expect(statement.algorithm == change.algorithm)
        #expect(statement.lock == change.lock)
        #expect(statement.rebuildsTable == change.rebuilds)
        #expect(statement.sql.contains("ALGORITHM=\(change.algorithm.rawValue)"))
        #expect(statement.after == proof.final?.digest)
        #expect(try fixture.leftOvers() == [])
    }

    @Test("a foreign key is added with its parent there, and checked")
    func foreignKey() throws {
        let proof = try WorkspaceFixture().prove(
            "CREATE TABLE c (id INT PRIMARY KEY, p INT, KEY fk (p))",
            "CREATE TABLE c (id INT PRIMARY KEY, p INT, KEY fk (p), "
                + "CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id))",
            parents: ["CREATE TABLE p (id INT PRIMARY KEY)"])
        #expect(proof.statements.map(\.algorithm) == [.copy])
        #expect(proof.final?.table?.foreignKeys.map(\.name) == ["fk"])
    }

    @Test(
        "partitions and engines",
        arguments: [
            ("ENGINE=InnoDB", "ENGINE=MyISAM", Algorithm.copy, true),
            ("ENGINE=MyISAM", "ENGINE=InnoDB", .copy, true),
            ("", "PARTITION BY HASH (id) PARTITIONS 2", .copy, true),
            ("PARTITION BY HASH (id) PARTITIONS 2", "", .copy, true),
            (
                "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))",
                "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), "
                    + "PARTITION p1 VALUES LESS THAN (20))", .inplace, false
            ),
            (
                "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), "
                    + "PARTITION p1 VALUES LESS THAN (20))",
                "PARTITION BY RANGE (id) (PARTITION p1 VALUES LESS THAN (20))", .inplace, false
            ),
            (
                "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), "
                    + "PARTITION m VALUES LESS THAN MAXVALUE)",
                "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), "
                    + "PARTITION p1 VALUES LESS THAN (20), PARTITION m VALUES LESS THAN MAXVALUE)",
                .inplace, false
            ),
        ])
    func partitions(from: String, to: String, algorithm: Algorithm, rebuilds: Bool) throws {
        let table = "CREATE TABLE t (id INT PRIMARY KEY)"
        let proof = try WorkspaceFixture().prove("\(table) \(from)", "\(table) \(to)")
        #expect(proof.statements.last?.algorithm == algorithm)
        #expect(proof.statements.last?.rebuildsTable == rebuilds)
    }

    @Test("a table that keeps its history")
    func systemVersioned() throws {
        let proof = try WorkspaceFixture().prove(
            "CREATE TABLE t (id INT PRIMARY KEY) WITH SYSTEM VERSIONING",
            "CREATE TABLE t (id INT PRIMARY KEY, n INT) WITH SYSTEM VERSIONING")
        #expect(proof.statements.count == 1)
        #expect(proof.final?.table?.isSystemVersioned == true)
    }

    @Test("a table under another name")
    func renamed() throws {
        let proof = try WorkspaceFixture().prove(
            "CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE u (id INT PRIMARY KEY, n INT)")
        #expect(proof.statements.last?.after == proof.final?.digest)
        #expect(proof.final?.table?.name == "u")
        #expect(proof.final?.table?.columns.count == 2)
    }

    @Test("an index that the desired text has in the middle ends behind the others")
    func indexOrder() throws {
        let fixture = try WorkspaceFixture()
        let from = try fixture.normal("CREATE TABLE t (a INT, b INT, KEY x (a), KEY z (b))")
        let to = try fixture.normal(
            "CREATE TABLE t (a INT, b INT, KEY x (a), KEY y (b, a), KEY z (b))")
        let proof = try fixture.prove(from, to)
        #expect(proof.final?.table?.indexes.map(\.name) == ["x", "z", "y"])
        #expect(proof.statements.last?.after == proof.final?.digest)
        #expect(proof.final?.digest != to.digest)
        #expect(proof.statements.last?.algorithm == .nocopy)
    }

    @Test("statements that lead elsewhere are refused with the first line that differs")
    func wrongAlteration() throws {
        let fixture = try WorkspaceFixture()
        let from = try fixture.normal("CREATE TABLE t (id INT PRIMARY KEY)")
        let to = try fixture.normal("CREATE TABLE t (id INT PRIMARY KEY, a INT NOT NULL)")
        let wrong = Alteration(clauses: [
            .addColumn(Column(name: "a", type: "int(11)", defaultValue: "NULL"), position: nil)
        ])
        let error = #expect(throws: WorkspaceError.self) {
            _ = try fixture.prove(from, to, alterations: [wrong])
        }
        #expect(error?.code == .notProved)
        #expect(
            error?.message.contains(
                "line 3 is ``a` int(11) DEFAULT NULL,` instead of ``a` int(11) NOT NULL,`") == true)
        #expect(throws: WorkspaceError.self) { _ = try fixture.prove(from, to, alterations: []) }
        #expect(try fixture.leftOvers() == [])
    }

    @Test("a statement that the server refuses is refused with its words")
    func refusedStatement() throws {
        let fixture = try WorkspaceFixture()
        let from = try fixture.normal("CREATE TABLE t (id INT PRIMARY KEY)")
        let wrong = Alteration(clauses: [
            .addIndex(Index(kind: .plain, name: "k", parts: [.init(key: .column("nope"))]))
        ])
        let error = #expect(throws: WorkspaceError.self) {
            _ = try fixture.prove(from, from, alterations: [wrong])
        }
        #expect(error?.code == .notProved)
        #expect(error?.message.contains("Key column 'nope' doesn't exist") == true)
    }

    @Test("creating and dropping")
    func createAndDrop() throws {
        let fixture = try WorkspaceFixture()
        let table = try fixture.normal("CREATE TABLE t (id INT PRIMARY KEY)")
        let (create, drop) = try fixture.use { workspace throws(WorkspaceError) in
            (
                try workspace.prove(
                    ChangeToProve(from: nil, to: table, table: "t", alterations: [])),
                try workspace.prove(
                    ChangeToProve(from: table, to: nil, table: "t", alterations: []))
            )
        }
        #expect(create.statements == [PlanStatement(sql: table.text, after: table.digest)])
        #expect(create.final?.digest == table.digest)
        #expect(drop.statements == [PlanStatement(sql: "DROP TABLE `t`", after: nil)])
        #expect(drop.final == nil)
    }

    @Test("without the privilege to see the tables' numbers a rebuild is assumed")
    func withoutProcessPrivilege() throws {
        let fixture = try WorkspaceFixture()
        let root = try fixture.server.connect()
        let user = "ws_\(UInt32.random(in: 0 ..< .max))"
        try root.execute("CREATE USER \(user)@localhost IDENTIFIED BY 'pw'")
        try root.execute(
            "GRANT ALL ON `\(fixture.prefix.replacing("_", with: "\\_"))%`.* TO \(user)@localhost")
        var settings = fixture.server.settings
        settings.credentials = Credentials(user: user, password: Secret("pw"))
        let pool = ConnectionPool(limitPerServer: 1) { [settings] _ in settings }
        let from = try fixture.normal("CREATE TABLE t (id INT PRIMARY KEY, a INT)")
        let to = try fixture.normal("CREATE TABLE t (id INT PRIMARY KEY, a INT NOT NULL)")
        let change = ChangeToProve(
            from: from, to: to, table: "t",
            alterations: try TableDiff.changes(
                from: #require(from.table), to: #require(to.table)))
        let proof = try Workspace.use(
            on: fixture.server.address, pool: pool, catalog: fixture.catalog,
            profile: fixture.profile, prefix: fixture.prefix
        ) { workspace throws(WorkspaceError) in try workspace.prove(change) }
        #expect(proof.statements.map(\.algorithm) == [.inplace])
        #expect(proof.statements.map(\.rebuildsTable) == [true])
    }
}
