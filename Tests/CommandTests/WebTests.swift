import Foundation
import TestSupport
import Testing

/// Tables that hold each other by foreign keys, with rows in them, through the real program.
@Suite struct WebTests {
    /// A circle of two, a chain of three whose first table refers to itself, and a web of six of
    /// which shop and person hold each other.
    private static func schema(_ type: String) -> [String: String] {
        [
            "circle.sql": """
            CREATE TABLE left_side (id \(type) PRIMARY KEY, other \(type),
              CONSTRAINT to_right FOREIGN KEY (other) REFERENCES right_side (id));
            CREATE TABLE right_side (id \(type) PRIMARY KEY, other \(type) NOT NULL,
              CONSTRAINT to_left FOREIGN KEY (other) REFERENCES left_side (id) ON DELETE CASCADE);
            """,
            "chain.sql": """
            CREATE TABLE node (id \(type) PRIMARY KEY, up \(type),
              CONSTRAINT node_up FOREIGN KEY (up) REFERENCES node (id));
            CREATE TABLE leaf (id \(type) PRIMARY KEY, node \(type),
              CONSTRAINT leaf_node FOREIGN KEY (node) REFERENCES node (id));
            CREATE TABLE mark (id \(type) PRIMARY KEY, leaf \(type),
              CONSTRAINT mark_leaf FOREIGN KEY (leaf) REFERENCES leaf (id));
            """,
            "six.sql": six(type),
        ]
    }

    private static func six(_ type: String) -> String {
        """
        CREATE TABLE country (id \(type) PRIMARY KEY);
        CREATE TABLE city (id \(type) PRIMARY KEY, country \(type) NOT NULL,
          CONSTRAINT city_country FOREIGN KEY (country) REFERENCES country (id));
        CREATE TABLE place (id \(type) PRIMARY KEY, city \(type),
          CONSTRAINT place_city FOREIGN KEY (city) REFERENCES city (id));
        CREATE TABLE shop (id \(type) PRIMARY KEY, place \(type), boss \(type),
          CONSTRAINT shop_place FOREIGN KEY (place) REFERENCES place (id),
          CONSTRAINT shop_boss FOREIGN KEY (boss) REFERENCES person (id));
        CREATE TABLE person (id \(type) PRIMARY KEY, shop \(type), home \(type),
          CONSTRAINT person_shop FOREIGN KEY (shop) REFERENCES shop (id),
          CONSTRAINT person_home FOREIGN KEY (home) REFERENCES place (id));
        CREATE TABLE bill (id \(type) PRIMARY KEY, payer \(type), shop \(type),
          CONSTRAINT bill_payer FOREIGN KEY (payer) REFERENCES person (id),
          CONSTRAINT bill_shop FOREIGN KEY (shop) REFERENCES shop (id));
        """
    }

    private static let rows = [
        "INSERT INTO country VALUES (1), (2)", "INSERT INTO city VALUES (1, 1), (2, 2)",
        "INSERT INTO place VALUES (1, 2), (2, NULL)", "INSERT INTO shop VALUES (1, 1, NULL)",
        "INSERT INTO person VALUES (1, 1, 1), (2, NULL, 2)", "UPDATE shop SET boss = 2",
        "INSERT INTO bill VALUES (1, 2, 1), (2, 1, NULL)",
    ]

    private static let otherRows = [
        "INSERT INTO left_side VALUES (1, NULL), (2, NULL)",
        "INSERT INTO right_side VALUES (7, 1), (8, 2)",
        "UPDATE left_side SET other = 8 WHERE id = 1",
        "INSERT INTO node VALUES (1, NULL), (2, 1)", "INSERT INTO leaf VALUES (1, 2)",
        "INSERT INTO mark VALUES (1, 1), (2, NULL)",
    ]

    /// Every row of every table, as text.
    private func contents(_ fleet: FleetFixture) throws -> [String: [String]] {
        var result: [String: [String]] = [:]
        for name in try fleet.sql(0, "SHOW TABLES").compactMap({ $0[0] }) {
            result[name] = try fleet.sql(0, "SELECT * FROM \(name) ORDER BY id").map { row in
                (0..<row.count).map { row[$0] ?? "NULL" }.joined(separator: ",")
            }
        }
        return result
    }

    private func keyCount(_ fleet: FleetFixture) throws -> Int {
        try fleet.state().components(separatedBy: " FOREIGN KEY ").count - 1
    }

    private func approve(_ fleet: FleetFixture) throws {
        try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
    }

    @Test(
        "ids are widened in one run and by one decision for each web; keys and rows are all there",
        arguments: TestServer.available)
    func widens(kind: TestServer.Kind) throws {
        let fleet = try FleetFixture(
            on: TestServer.shared(kind), shards: 1, schema: Self.schema("smallint unsigned"))
        try fleet.expect(0, "reconcile")
        for statement in Self.rows + Self.otherRows { try fleet.sql(0, statement) }
        let (rows, keys) = (try contents(fleet), try keyCount(fleet))
        #expect(keys == 13)
        for (name, text) in Self.schema("int unsigned") {
            try fleet.write("schema/app/\(name)", text)
        }
        try fleet.commit()
        let plan = try fleet.expect(3, "plan", "--output", "json")
        let steps = try plan.list("steps")
        #expect(steps.count == 3)
        #expect(try SchemaValidator(shipped: "plan").problems(in: plan.stdout) == [])
        try approve(fleet)
        try fleet.expect(0, "reconcile")
        #expect(try contents(fleet) == rows)
        #expect(try keyCount(fleet) == keys)
        #expect(try !fleet.state().contains("smallint"))
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
        // The keys hold: a row without a parent is refused.
        #expect(throws: MySQLError.self) {
            try fleet.sql(0, "INSERT INTO bill VALUES (9, 99, NULL)")
        }
    }

    @Test("killed between two statements: the next run knows its own work, and every key returns")
    func killedOnTheWay() throws {
        let fleet = try FleetFixture(shards: 1, schema: ["six.sql": Self.six("smallint")])
        try fleet.expect(0, "reconcile")
        for statement in Self.rows { try fleet.sql(0, statement) }
        let (rows, keys) = (try contents(fleet), try keyCount(fleet))
        try fleet.change("six.sql", Self.six("int"))
        try fleet.expect(3, "plan")
        try approve(fleet)
        // A reader keeps a table whose keys go when others are away already.
        let reader = try fleet.server.connect(database: fleet.database(0))
        try reader.execute("START TRANSACTION")
        _ = try reader.query("SELECT * FROM bill")
        let running = try fleet.start("reconcile")
        try CrashTests().waitForAlter(fleet)
        running.send(SIGKILL)
        _ = try running.wait()
        reader.close()
        #expect(try keyCount(fleet) < keys)

        let next = try fleet.expect(3, "reconcile")
        #expect(next.says("recovered", "statements ran; the rest is planned again"), "\(next)")
        #expect(!next.says("conflict") && !next.says("someone"), "\(next)")
        try approve(fleet)
        try fleet.expect(0, "reconcile")
        #expect(try contents(fleet) == rows)
        #expect(try keyCount(fleet) == keys)
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }

    @Test("nothing begins where rows are known that a key would refuse")
    func orphans() throws {
        let fleet = try FleetFixture(shards: 1, schema: ["six.sql": Self.six("smallint")])
        try fleet.expect(0, "reconcile")
        for statement in Self.rows { try fleet.sql(0, statement) }
        let writer = try fleet.server.connect(database: fleet.database(0))
        try writer.execute("SET foreign_key_checks = 0")
        try writer.execute("INSERT INTO bill VALUES (9, 99, NULL)")
        try fleet.change("six.sql", Self.six("int"))
        try fleet.expect(5, "plan")
        try approve(fleet)
        let before = try fleet.state()
        let held = try fleet.expect(5, "reconcile")
        #expect(
            held.says("rows are in the way", "`bill`: rows without a parent in `person`"), "\(held)"
        )
        #expect(try fleet.state() == before)
        try writer.execute("DELETE FROM bill WHERE id = 9")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "plan")
    }

    @Test("rows whose values an approved change cuts or fills up hold no web back")
    func changedValues() throws {
        func texts(_ type: String, _ at: String, _ code: String) -> [String: String] {
            [
                "x.sql": """
                CREATE TABLE x (
                  id \(type) PRIMARY KEY, y \(type), at \(at), code \(code),
                  CONSTRAINT fx FOREIGN KEY (y) REFERENCES y (id)
                );

                """,
                "y.sql": """
                CREATE TABLE y (
                  id \(type) PRIMARY KEY, x \(type), CONSTRAINT fy FOREIGN KEY (x) REFERENCES x (id)
                );

                """,
            ]
        }
        let fleet = try FleetFixture(
            on: TestServer.shared, shards: 1,
            schema: texts("smallint unsigned", "datetime(6)", "binary(4)"))
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "INSERT INTO x VALUES (1, NULL, '2026-01-01 00:00:00.5', 'ab')")
        try fleet.sql(0, "INSERT INTO y VALUES (1, 1)")
        try fleet.sql(0, "UPDATE x SET y = 1")
        for (name, text) in texts("int unsigned", "datetime", "binary(6)") {
            try fleet.write("schema/app/\(name)", text)
        }
        try fleet.commit()
        let plan = try fleet.expect(3, "plan")
        #expect(plan.says("in the way on s0", "fractions of a second", "another length"), "\(plan)")
        try approve(fleet)
        try fleet.expect(0, "reconcile")
        #expect(try keyCount(fleet) == 2)
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }

    @Test("rows that come in on the way are named with a query, and the next run goes on")
    func orphansOnTheWay() throws {
        let fleet = try FleetFixture(shards: 1, schema: ["six.sql": Self.six("smallint")])
        try fleet.expect(0, "reconcile")
        for statement in Self.rows { try fleet.sql(0, statement) }
        let keys = try keyCount(fleet)
        // Nobody is asked beforehand: as if the row had come in just then.
        fleet.file.policy = ["probe: {enabled: false}"]
        try fleet.change("six.sql", Self.six("int"))
        let writer = try fleet.server.connect(database: fleet.database(0))
        try writer.execute("SET foreign_key_checks = 0")
        try writer.execute("INSERT INTO bill VALUES (9, 99, NULL)")
        try fleet.expect(3, "plan")
        try approve(fleet)
        let failed = try fleet.expect(4, "reconcile")
        #expect(
            failed.says("`bill_payer`", "SELECT child.* FROM `bill` AS child", "delete these rows"),
            "\(failed)")
        try writer.execute("DELETE FROM bill WHERE id = 9")
        try fleet.expect(3, "plan")
        try approve(fleet)
        try fleet.expect(0, "reconcile")
        #expect(try keyCount(fleet) == keys)
        try fleet.expect(0, "plan")
    }

    @Test("a new circle through tables with rows looks at the rows")
    func newCircle() throws {
        let bare = """
            CREATE TABLE a (id int PRIMARY KEY, b int, KEY b (b));
            CREATE TABLE b (id int PRIMARY KEY, a int, KEY a (a));
            """
        let keyed = """
            CREATE TABLE a (id int PRIMARY KEY, b int, KEY b (b),
              CONSTRAINT ab FOREIGN KEY (b) REFERENCES b (id));
            CREATE TABLE b (id int PRIMARY KEY, a int, KEY a (a),
              CONSTRAINT ba FOREIGN KEY (a) REFERENCES a (id));
            """
        let fleet = try FleetFixture(shards: 1, schema: ["all.sql": bare])
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "INSERT INTO a VALUES (1, 7)")
        try fleet.change("all.sql", keyed)
        let held = try fleet.expect(5, "plan")
        #expect(held.says("rows in the way on s0", "rows without a parent in `b`"), "\(held)")
        try fleet.sql(0, "UPDATE a SET b = NULL")
        try fleet.expect(3, "plan")
        try approve(fleet)
        try fleet.expect(0, "reconcile")
        #expect(try keyCount(fleet) == 2)
    }
}
