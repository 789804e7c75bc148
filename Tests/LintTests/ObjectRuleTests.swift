import Desired
import Model
import Reports
import TestSupport
import Testing
import Views

@testable import Lint

@Suite("Rules about views, triggers, routines, events and sequences")
struct ObjectRuleTests {
    private static let tables = """
        CREATE TABLE orders (id int PRIMARY KEY);
        CREATE TABLE `odd ``one` (id int PRIMARY KEY);
        """

    private func found(
        _ rule: LintRule, _ text: String, lint: String = "", namespace: String = "manage: all"
    ) throws -> [String] {
        try report(
            ["a.sql": Self.tables, "t.sql": text], lint: lint, namespace: namespace
        ).findings.filter { $0.rule == rule && $0.location.file == "schema/t.sql" }
            .map { "\($0.location.line):\($0.location.column) \($0.message)" }
    }

    @Test("Names of every kind are judged")
    func names() throws {
        let text = """
            CREATE VIEW `Groups` AS SELECT 1 AS a;
            CREATE TRIGGER `trigger` BEFORE INSERT ON orders FOR EACH ROW SET @a = 1;
            CREATE PROCEDURE TidyUp() SELECT 1;
            CREATE FUNCTION `add`() RETURNS int DETERMINISTIC RETURN 1;
              CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO SET @a = 1;
            CREATE SEQUENCE `Numbers`;
            """
        #expect(
            try found(.reservedWord, text) == [
                "1:13 the view name `Groups` is a reserved word of MySQL",
                "2:16 the trigger name `trigger` is a reserved word of MySQL and MariaDB",
                "4:17 the function name `add` is a reserved word of MySQL and MariaDB",
            ])
        #expect(
            try found(.nameCase, text) == [
                "1:13 the view name `Groups` is not written in lower_snake",
                "3:18 the procedure name `TidyUp` is not written in lower_snake",
                "6:17 the sequence name `Numbers` is not written in lower_snake",
            ])
        #expect(try found(.nameCase, text, lint: "lint: {table_names: any}").isEmpty)
    }

    @Test("A definer is found where it stands")
    func definer() throws {
        let text = """
            DELIMITER //
            CREATE OR REPLACE
              DEFINER = `app`@'10.%' VIEW v AS SELECT 1 AS a//
            -- plumb: sql_mode ''
            CREATE DEFINER=root@localhost PROCEDURE p() BEGIN SELECT 'DEFINER=a@b'; END//
            CREATE DEFINER=CURRENT_USER PROCEDURE q() SELECT 1//
            CREATE DEFINER=CURRENT_USER() EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1//
            CREATE VIEW w AS SELECT 1 AS definer//
            """
        #expect(
            try found(.explicitDefiner, text) == [
                "3:3 the view `v` has the definer `app`@'10.%'",
                "5:8 the procedure `p` has the definer root@localhost",
            ])
    }

    @Test(
        "A star takes all columns only in the list of a view's own columns",
        arguments: [
            ("SELECT * FROM orders", ["1:25"]),
            ("SELECT DISTINCT * FROM orders", ["1:34"]),
            ("SELECT o.*, 1 AS one FROM orders o", ["1:27"]),
            ("SELECT id FROM orders UNION\n  SELECT * FROM orders", ["2:10"]),
            ("(SELECT * FROM orders) UNION ALL (SELECT o.* FROM orders o)", ["1:26", "1:61"]),
            ("((SELECT * FROM orders))", ["1:27"]),
            ("WITH c AS (SELECT * FROM orders) SELECT id FROM c", []),
            ("WITH c AS (SELECT id FROM orders) SELECT * FROM c", []),
            ("SELECT * FROM (SELECT id FROM orders) AS d", []),
            ("SELECT d.* FROM orders JOIN (SELECT id FROM orders) AS d", []),
            ("SELECT * FROM orders JOIN (SELECT id FROM orders) AS d", ["1:25"]),
            ("SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (a int PATH '$')) AS j", []),
            ("SELECT count(*) AS n, id * 2 AS a, 1.*2 AS b, 1. * 2 AS c FROM orders", []),
            ("SELECT id FROM orders WHERE EXISTS (SELECT * FROM orders)", []),
            ("SELECT id FROM (SELECT * FROM orders) AS o", []),
            ("SELECT id, (SELECT max(o.id) * 2 FROM orders o) AS m FROM orders", []),
            ("SELECT 'SELECT *' AS a /* SELECT * */ FROM orders", []),
        ])
    func stars(query: String, places: [String]) throws {
        let found = try found(.viewSelectStar, "CREATE VIEW v AS \(query);")
        #expect(found == places.map { "\($0) the view `v` selects all columns, whatever they are" })
    }

    @Test(
        "A reference dangles only where that is sure",
        arguments: [
            ("SELECT id FROM nowhere", ["1:33 `nowhere`"]),
            ("SELECT o.id FROM orders o LEFT JOIN\n no_where n ON n.id = o.id", ["2:2 `no_where`"]),
            ("SELECT id FROM `odd ``one` JOIN `odd ``two`", ["1:50 `odd `two`"]),
            ("SELECT id FROM orders WHERE id IN (SELECT id FROM gone)", ["1:68 `gone`"]),
            ("SELECT id FROM ORDERS", []), ("SELECT a FROM w", []), ("SELECT 1 AS a FROM dual", []),
            ("SELECT id FROM elsewhere.orders", []), ("SELECT id FROM (SELECT 1 AS id) AS d", []),
            ("WITH c AS (SELECT 1 AS id) SELECT id FROM c", []),
            ("SELECT EXTRACT(YEAR FROM id) AS y, TRIM(LEADING 'x' FROM id) AS t FROM orders", []),
            ("SELECT SUBSTRING(id FROM 2) AS a, id IS DISTINCT FROM id AS b FROM orders", []),
            ("SELECT j.a FROM JSON_TABLE('[]', '$[*]' COLUMNS (a int PATH '$')) AS j", []),
            ("SELECT 'FROM nowhere' AS a FROM s", []), ("SELECT id FROM laid_over", []),
        ])
    func dangling(query: String, places: [String]) throws {
        let found = try report(
            [
                "a.sql": Self.tables,
                "b.sql": "CREATE VIEW w AS SELECT 1 AS a; CREATE SEQUENCE s;",
                "gold/x.sql": "CREATE TABLE laid_over (id int PRIMARY KEY);",
                "t.sql": "CREATE VIEW v(id) AS \(query);".replacing("v(id) ", with: "v "),
            ], namespace: "manage: all\n    overlays: [{selector: {tier: gold}, path: gold}]"
        ).findings.filter { $0.rule == .danglingReference }
            .map { "\($0.location.line):\($0.location.column) \($0.message)" }
        #expect(
            found
                == places.map { place in
                    let parts = place.split(separator: " ", maxSplits: 1)
                    return "\(parts[0]) the view `v` uses \(parts[1]), which nothing defines"
                })
    }

    @Test("A trigger of no table dangles, and the nearest name is told")
    func trigger() throws {
        let report = try report(
            [
                "a.sql": Self.tables,
                "t.sql": "CREATE TRIGGER g BEFORE INSERT ON order FOR EACH ROW SET @a = 1;\n"
                    + "CREATE TRIGGER h BEFORE INSERT ON Orders FOR EACH ROW SET @a = 1;",
            ], namespace: "manage: all")
        let found = report.findings.filter { $0.rule == .danglingReference }
        #expect(found.map(\.message) == ["the trigger `g` uses `order`, which nothing defines"])
        #expect(found.map(\.remedy) == ["did you mean `orders`?"])
        #expect(found.first?.location.column == 35)
    }

    @Test(
        "A function says what it does with data",
        arguments: [
            ("f(a int, b varchar(9)) RETURNS int RETURN 1", true),
            (
                "f() RETURNS varchar(9) CHARSET utf8mb4 NOT DETERMINISTIC\nBEGIN RETURN 'x'; END",
                true
            ),
            ("f() RETURNS int MODIFIES SQL DATA COMMENT 'NO SQL' RETURN 1", true),
            ("f() RETURNS int DETERMINISTIC RETURN 1", false),
            ("f() RETURNS int LANGUAGE SQL NO SQL RETURN 1", false),
            ("f() RETURNS int NOT DETERMINISTIC READS SQL DATA RETURN 1", false),
            ("f(deterministic int) RETURNS int RETURN 1", true),
            ("f() RETURNS int IF 1 THEN SET @a = 1; END IF", false),
        ])
    func function(text: String, isFound: Bool) throws {
        let found = try found(.functionUndeclared, "DELIMITER //\nCREATE FUNCTION \(text)//")
        #expect(
            found
                == (isFound ? ["2:17 the function `f` does not say what it does with data"] : []))
    }

    @Test("Waivers name an object by its kind and name")
    func waivers() throws {
        func excused(_ table: String) throws -> [LintFinding] {
            let waiver =
                "{rule: view-select-star, table: \"\(table)\", owner: ann, reason: r, "
                + "expires: 2027-01-31}"
            return try report(
                ["a.sql": Self.tables, "t.sql": "CREATE VIEW v AS SELECT * FROM orders;"],
                lint: "lint: {rules: {name-case: off}, waivers: [\(waiver)]}",
                namespace: "manage: all"
            ).findings
        }
        for name in ["view:v", "commerce.view:V"] {
            let found = try excused(name)
            #expect(found.map(\.subject) == ["view commerce.v"])
            #expect(found.first?.waiver?.owner == "ann")
        }
        for name in ["v", "trigger:v", "sales.view:v"] {
            #expect(try excused(name).map(\.rule) == [.waiverUnused, .viewSelectStar])
        }
    }

    @Test("Reports count other objects beside tables, and name them")
    func reports() throws {
        let report = try report(
            ["a.sql": Self.tables, "t.sql": "CREATE VIEW v AS SELECT * FROM orders;"],
            namespace: "manage: all")
        #expect(report.objects == ["commerce.view:v"])
        #expect(
            LintText.text(report).contains("in 2 tables and 1 other object of main@3f2a91c"))
        #expect(JUnitView.lint(report).contains("name=\"commerce.view:v\">"))
        #expect(JSONView.lint(report).contains("\"objects\":[\"commerce.view:v\"]"))
    }

    @Test("A server with a binary log refuses just what the rule finds")
    func binaryLog() throws {
        let server = try TestServer.start(options: ["--log-bin", "--server-id=1"])
        let connection = try server.connect(database: try server.freshDatabase())
        for (text, isRefused) in [
            ("RETURN 1", true), ("NOT DETERMINISTIC RETURN 1", true),
            ("MODIFIES SQL DATA RETURN 1", true), ("CONTAINS SQL RETURN 1", true),
            ("DETERMINISTIC RETURN 1", false), ("NO SQL RETURN 1", false),
            ("READS SQL DATA RETURN 1", false), ("DETERMINISTIC MODIFIES SQL DATA RETURN 1", false),
        ] {
            let statement = "CREATE OR REPLACE FUNCTION f() RETURNS int \(text)"
            var number: UInt32 = 0
            do throws(MySQLError) {
                try connection.execute(statement)
            } catch {
                number = error.number
            }
            #expect(number == (isRefused ? 1418 : 0), "\(text)")
            #expect(try found(.functionUndeclared, statement + ";").isEmpty == !isRefused)
        }
    }

    @Test("What a server refuses is what the rule finds", arguments: TestServer.available)
    func serverTruth(kind: TestServer.Kind) throws {
        let server = try TestServer.shared(kind)
        let connection = try server.connect(database: try server.freshDatabase())
        try connection.execute("CREATE TABLE orders (id int PRIMARY KEY)")
        for statement in [
            "CREATE VIEW v AS SELECT id FROM nowhere",
            "CREATE TRIGGER g BEFORE INSERT ON nowhere FOR EACH ROW SET @a = 1",
        ] {
            #expect(throws: MySQLError.self) { try connection.execute(statement) }
        }
        try connection.execute("CREATE VIEW v AS SELECT * FROM orders")
        try connection.execute("ALTER TABLE orders ADD added int")
        #expect(throws: MySQLError.self) { try connection.query("SELECT added FROM v") }
    }
}
