import Basics
import Desired
@testable import Import
import Observed
import Reports
import Schema
import Testing

@testable import Reconciler
@testable import TestSupport

@Suite("Import: views, triggers, routines, events and sequences become files")
struct ImportObjectTests {
    private static func run(
        _ fixture: ImportFixture, _ manage: Set<ManagedKind> = [.all],
        _ databases: [String]? = nil
    ) throws -> ImportReport {
        var request = fixture.request(databases)
        request.manage = manage
        return try DatabaseImport.run(request)
    }

    /// Commits what was imported, and requires that nothing differs from it.
    private static func expectInSync(_ fixture: ImportFixture, shards: Int = 1) throws {
        try fixture.commit()
        let planned = try fixture.passContext().plan()
        #expect(planned.plan.steps.isEmpty)
        #expect(planned.plan.unsupported.isEmpty && planned.plan.unknown.isEmpty)
        #expect(planned.comparison.inSyncCount == shards)
    }

    @Test func eachKindHasAFolderAndAFileInTheFormThatIsRead() throws {
        let fixture = try ImportFixture()
        let database = try fixture.database(
            "CREATE TABLE t (id INT PRIMARY KEY)", "CREATE VIEW v AS SELECT id FROM t",
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.id = 1; END",
            "CREATE PROCEDURE p() SELECT ';'", "CREATE FUNCTION p() RETURNS INT RETURN 1",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00' DO SET @a = 1",
            "CREATE SEQUENCE s START WITH 5")
        let report = try Self.run(fixture)
        #expect(report.skipped.isEmpty && report.unsupported.isEmpty)
        #expect(
            report.namespaces.first?.objects.map { "\($0.name) \($0.file)" } == [
                "event:e schema/shop/events/e.sql", "function:p schema/shop/functions/p.sql",
                "procedure:p schema/shop/procedures/p.sql",
                "sequence:s schema/shop/sequences/s.sql", "trigger:g schema/shop/triggers/g.sql",
                "view:v schema/shop/views/v.sql",
            ])
        let texts = try report.files.filter { $0.hasPrefix("schema/shop/") }
            .map { "\($0)\n\(try fixture.read($0))" }
        #expect(
            texts == [
                """
                schema/shop/events/e.sql
                -- plumb: time_zone 'SYSTEM'
                CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00' \
                ON COMPLETION NOT PRESERVE ENABLE DO SET @a = 1;

                """,
                """
                schema/shop/functions/p.sql
                CREATE FUNCTION `p`() RETURNS int(11)
                RETURN 1;

                """,
                """
                schema/shop/procedures/p.sql
                DELIMITER //
                CREATE PROCEDURE `p`()
                SELECT ';'
                //
                DELIMITER ;

                """,
                """
                schema/shop/sequences/s.sql
                CREATE SEQUENCE `s` start with 5 minvalue 1 maxvalue 9223372036854775806 \
                increment by 1 cache 1000 nocycle ENGINE=InnoDB;

                """,
                """
                schema/shop/t.sql
                CREATE TABLE `t` (
                  `id` int(11) NOT NULL,
                  PRIMARY KEY (`id`)
                ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

                """,
                """
                schema/shop/triggers/g.sql
                DELIMITER //
                CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.id = 1; END
                //
                DELIMITER ;

                """,
                """
                schema/shop/views/v.sql
                CREATE ALGORITHM=UNDEFINED SQL SECURITY DEFINER VIEW `v` AS \
                select `t`.`id` AS `id` from `t`;

                """,
            ])
        #expect(
            try fixture.read("plumb.yaml") == """
                version: 1
                namespaces:
                  shop:
                    schema: schema/shop
                    manage: all
                    shards:
                      - {name: \(database), host: "\(fixture.server.address)"}
                environments:
                  production:
                    namespaces: [shop]
                    connection: {user: root}

                """)
        try Self.expectInSync(fixture)
    }

    @Test func kindsThatAreNotManagedAreSaidAndNotWritten() throws {
        let fixture = try ImportFixture()
        let database = try fixture.database(
            "CREATE TABLE t (id INT PRIMARY KEY)", "CREATE VIEW v AS SELECT 1 AS a",
            "CREATE PROCEDURE p() SELECT 1", "CREATE SEQUENCE s")
        let report = try Self.run(fixture, [.views, .events])
        #expect(report.namespaces.first?.objects.map(\.name) == ["view:v"])
        #expect(
            report.skipped == [
                .init(database: database, kind: "procedure", name: "p"),
                .init(database: database, kind: "sequence", name: "s"),
            ])
        #expect(
            try fixture.read("plumb.yaml").contains("    manage: [tables, views, events]\n"))
        try Self.expectInSync(fixture)
    }

    @Test(arguments: TestServer.available)
    func hostileObjectsComeBackOnEveryServer(kind: TestServer.Kind) throws {
        let fixture = try ImportFixture(on: TestServer.shared(kind))
        try fixture.database()
        for statement in Self.hostile { try fixture.root.execute(statement) }
        for mode in Self.modes {
            try fixture.root.execute("SET SESSION sql_mode = '\(mode.key)'")
            for statement in mode.value { try fixture.root.execute(statement) }
        }
        try fixture.root.execute("SET SESSION sql_mode = DEFAULT")
        let report = try Self.run(fixture)
        #expect(report.unsupported.isEmpty, "\(report.unsupported)")
        #expect(report.objectCount == Self.hostile.count - 2 + 4)
        for file in report.files.dropFirst() {
            #expect(file.wholeMatch(of: /schema\/shop\/[A-Za-z0-9_\/-]+\.sql/) != nil, "\(file)")
        }
        try Self.expectInSync(fixture)
        let before = fixture.everything()
        #expect(throws: ImportError.self) { try Self.run(fixture) }
        #expect(fixture.everything() == before)
    }

    private static let odd = SQL.identifier("a`b'\"; -- \\ // $$ */ é/..")

    private static let hostile = [
        "CREATE TABLE \(odd) (id INT PRIMARY KEY, n INT)", "CREATE TABLE t (id INT PRIMARY KEY)",
        "CREATE VIEW `v\(odd.dropFirst()) AS SELECT id, 'a;b //' AS s FROM \(odd)",
        // Rests on a view whose name comes later.
        "CREATE VIEW a_first AS SELECT id FROM `v\(odd.dropFirst())",
        "CREATE PROCEDURE \(odd)() COMMENT 'it''s; */ -- x' BEGIN SELECT 1; /* // $$ */ "
            + "SELECT '*/ // $$ ;' ; END /* done; */",
        "CREATE FUNCTION \(odd)(a VARCHAR(9)) RETURNS VARCHAR(9) DETERMINISTIC RETURN concat(a, ';')",
        "CREATE TRIGGER \(odd) BEFORE INSERT ON \(odd) FOR EACH ROW BEGIN SET NEW.n = 1; END",
        "CREATE TRIGGER last_comment AFTER INSERT ON t FOR EACH ROW SET @a = 1 -- why; */",
        "CREATE EVENT \(odd) ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00' "
            + "ON COMPLETION PRESERVE DISABLE COMMENT 'x;' DO BEGIN SELECT 1; END",
        "CREATE EVENT plain ON SCHEDULE EVERY 1 DAY DO SET @a = 1; ",
        "CREATE PROCEDURE `CREATE PROCEDURE`() SELECT '//' AS `$$`, '//end//;'",
        "CREATE PROCEDURE comment_only() BEGIN /* ; */ END # ; end",
    ]

    /// What is made under another SQL mode than that of Plumb's sessions.
    private static let modes = [
        "": ["CREATE TRIGGER lax BEFORE DELETE ON t FOR EACH ROW SET @b = 1"],
        "PIPES_AS_CONCAT": ["CREATE PROCEDURE pipes() BEGIN SELECT 'a' || 'b'; END"],
        "ANSI_QUOTES": [
            "CREATE PROCEDURE \"ansi quotes\"() SELECT \"id\" FROM \"t\"",
            "CREATE EVENT ansi ON SCHEDULE EVERY 1 DAY DO SELECT \"id\" FROM \"t\"",
        ],
    ]

    @Test func aSequenceAndTheTableThatDrawsFromItComeBack() throws {
        let fixture = try ImportFixture()
        try fixture.database(
            "CREATE SEQUENCE `s; x` START WITH 100 INCREMENT BY 10",
            "CREATE TABLE t (id BIGINT PRIMARY KEY DEFAULT nextval(`s; x`))")
        try fixture.root.execute("SELECT nextval(`s; x`)")
        #expect(try Self.run(fixture).objectCount == 1)
        try Self.expectInSync(fixture)
    }

    @Test func namesThatDifferByLetterCaseOnlyAreDifferent() throws {
        let fixture = try ImportFixture()
        try fixture.database(
            "CREATE TABLE Orders (id INT)", "CREATE VIEW orders AS SELECT id FROM Orders",
            "CREATE VIEW V AS SELECT 1 AS a", "CREATE VIEW v AS SELECT 2 AS a",
            "CREATE PROCEDURE orders() SELECT 1")
        let report = try Self.run(fixture)
        #expect(report.unsupported.isEmpty)
        #expect(report.objectCount == 4)
        try fixture.commit()
        #expect(try fixture.passContext().plan().plan.steps.isEmpty)
    }

    @Test func definersAreWrittenButForTheAccountThatReads() throws {
        let fixture = try ImportFixture()
        let user = "u\(UInt32.random(in: 0 ..< .max))"
        try fixture.root.execute("CREATE USER \(user)@localhost")
        try fixture.database(
            "CREATE TABLE t (id INT)", "CREATE DEFINER=\(user)@localhost PROCEDURE p() SELECT 1",
            "CREATE PROCEDURE q() SELECT 1")
        _ = try Self.run(fixture)
        #expect(
            try fixture.read("schema/shop/procedures/p.sql")
                == "CREATE DEFINER=`\(user)`@`localhost` PROCEDURE `p`()\nSELECT 1;\n")
        #expect(
            try fixture.read("schema/shop/procedures/q.sql")
                == "CREATE PROCEDURE `q`()\nSELECT 1;\n")
        try Self.expectInSync(fixture)
    }

    @Test func databasesThatDifferByDefinerOrStartAreShardsOfOneNamespace() throws {
        let fixture = try ImportFixture()
        let prefix = fixture.uniquePrefix()
        for (number, definer) in ["", "DEFINER=a@localhost"].enumerated() {
            try fixture.database(
                "CREATE TABLE t (id INT)", "CREATE \(definer) VIEW v AS SELECT 1 AS a",
                "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-0\(number + 1)' DO SET @a = 1",
                named: "\(prefix)_\(number)")
        }
        try fixture.database(
            "CREATE TABLE t (id INT)", "CREATE VIEW v AS SELECT 2 AS a",
            "CREATE PROCEDURE p() SELECT 1", named: "\(prefix)_odd")
        let report = try Self.run(fixture, [.all], ["\(prefix)\\_%"])
        #expect(
            report.namespaces.flatMap(\.objects).map { "\($0.name) \($0.leftOut)" } == [
                "event:e [\"STARTS\"]", "view:v [\"DEFINER\"]",
            ])
        #expect(
            report.differing == [
                .init(
                    database: "\(prefix)_odd", reference: "\(prefix)_0",
                    lines: [
                        .init(table: "event:e", text: "- DROP EVENT e"),
                        .init(table: "procedure:p", text: "+ CREATE PROCEDURE p"),
                        .init(
                            table: "view:v",
                            text: "- CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`localhost` "
                                + "SQL SECURITY DEFINER VIEW `v` AS select 1 AS `a`"),
                        .init(
                            table: "view:v",
                            text: "+ CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`localhost` "
                                + "SQL SECURITY DEFINER VIEW `v` AS select 2 AS `a`"),
                    ])
            ])
        try Self.expectInSync(fixture, shards: 2)
    }

    @Test(arguments: TestServer.available)
    func orderOfTriggersIsWrittenWhereThereAreSeveral(kind: TestServer.Kind) throws {
        let fixture = try ImportFixture(on: TestServer.shared(kind))
        try fixture.database("CREATE TABLE t (id INT, n INT)")
        for (name, order) in [("c", ""), ("a", "PRECEDES c"), ("`b x`", "FOLLOWS a"), ("d", "")] {
            try fixture.root.execute(
                "CREATE TRIGGER \(name) BEFORE INSERT ON t FOR EACH ROW \(order) SET NEW.n = 1")
        }
        try fixture.root.execute("CREATE TRIGGER e AFTER INSERT ON t FOR EACH ROW SET @a = 1")
        let report = try Self.run(fixture)
        #expect(report.unsupported.isEmpty)
        let orders = try report.files.filter { $0.contains("/triggers/") }.map { file in
            try fixture.read(file).firstMatch(of: /FOLLOWS `[^`]*`/).map { String($0.output) }
        }
        #expect(orders == [nil, "FOLLOWS `a`", "FOLLOWS `b x`", "FOLLOWS `c`", nil])
        try Self.expectInSync(fixture)
    }

    @Test func databasesWhoseTriggersRunInAnotherOrderAreOneNamespace() throws {
        let fixture = try ImportFixture()
        let prefix = fixture.uniquePrefix()
        for order in ["FOLLOWS", "PRECEDES"] {
            try fixture.database(
                "CREATE TABLE t (id INT)",
                "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
                "CREATE TRIGGER b BEFORE INSERT ON t FOR EACH ROW \(order) a SET @a = 1",
                named: "\(prefix)_\(order)")
        }
        let report = try Self.run(fixture, [.all], ["\(prefix)\\_%"])
        #expect(
            report.namespaces.flatMap(\.objects).map { "\($0.name) \($0.leftOut)" } == [
                "trigger:a [\"FOLLOWS\"]", "trigger:b [\"FOLLOWS\"]",
            ])
        try Self.expectInSync(fixture, shards: 2)
    }

    @Test func whatIsNotUnderstoodIsSaidAsThat() throws {
        let fixture = try ImportFixture()
        try fixture.database(
            "CREATE TABLE t (id INT)", "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'",
            "CREATE PROCEDURE p() SELECT 'a\\'", "SET SESSION sql_mode = DEFAULT")
        let error = #expect(throws: ImportError.self) { try Self.run(fixture) }
        #expect(
            error?.message.contains(
                "the definition of the procedure `p` is not understood "
                    + "(SQL mode 'NO_BACKSLASH_ESCAPES')") == true)
        #expect(error?.message.contains("grant") == false)
        #expect(try Self.run(fixture, [.views]).tableCount == 1)
    }

    @Test func whatTheAccountMayNotSeeIsUnknownAndNotImported() throws {
        let fixture = try ImportFixture()
        let database = try fixture.database(
            "CREATE TABLE t (id INT)", "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @a = 1"
        )
        let user = "u\(UInt32.random(in: 0 ..< .max))"
        try fixture.root.execute("CREATE USER \(user)@localhost")
        try fixture.root.execute("GRANT SELECT, SHOW VIEW ON `\(database)`.* TO \(user)@localhost")
        var request = fixture.request()
        request.manage = [.triggers]
        request.connection.credentials = .user(user, password: .none)
        let error = #expect(throws: ImportError.self) { try DatabaseImport.run(request) }
        #expect(error?.code == .nothingToImport)
        #expect(error?.message.contains("TRIGGER") == true)
    }

    @Test func aLostLedgerIsRecordedAgainWithAllKinds() throws {
        let fixture = try ImportFixture()
        let database = try fixture.database(
            "CREATE TABLE t (id INT)", "CREATE VIEW v AS SELECT 1 AS a",
            "CREATE PROCEDURE p() SELECT 1")
        _ = try Self.run(fixture)
        try fixture.commit()
        #expect(try fixture.rebuild().recordedTableCount == 3)
        #expect(try fixture.records() == [database: ["procedure:p", "t", "view:v"]])
        try fixture.root.execute("CREATE OR REPLACE VIEW v AS SELECT 2 AS a")
        try fixture.removeLedger()
        let report = try fixture.rebuild()
        #expect(report.recordedTableCount == 2)
        #expect(report.differing.map(\.object) == ["view:v"])
        #expect(report.differing.first?.location?.file == "schema/shop/views/v.sql")
    }
}
