import TestSupport
import Testing

/// Views, triggers, routines, events and sequences are kept true to git like tables.
@Suite struct ObjectKindTests {
    private static let schema = [
        "orders.sql": FleetFixture.orders,
        "open_orders.sql": """
        CREATE OR REPLACE VIEW open_orders AS
          SELECT o.id, twice(o.customer) AS doubled FROM orders o WHERE o.note IS NULL;
        CREATE VIEW a_summary AS SELECT count(*) AS n FROM open_orders;
        """,
        "programs.sql": """
        CREATE FUNCTION twice(n bigint) RETURNS bigint DETERMINISTIC RETURN n * 2;
        DELIMITER //
        CREATE PROCEDURE tidy_up(IN before_id bigint)
        BEGIN
          -- what is old goes; `;` ends nothing here
          DELETE FROM orders WHERE id < before_id;
        END//
        CREATE TRIGGER note_it BEFORE INSERT ON orders FOR EACH ROW
        BEGIN
          IF NEW.note = '' THEN SET NEW.note = NULL; END IF;
        END//
        CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO
        BEGIN
          CALL tidy_up(10);
        END//
        DELIMITER ;
        """,
        "numbers.sql": "CREATE SEQUENCE numbers START WITH 100 INCREMENT BY 10;",
    ]

    private static func fleet(_ schema: [String: String] = schema) throws -> FleetFixture {
        let fleet = try FleetFixture(schema: schema)
        fleet.file.namespace = ["manage: all"]
        try fleet.commit("Manage everything")
        return fleet
    }

    /// The names of all objects of a shard that are no tables.
    private static func objects(_ fleet: FleetFixture, _ shard: Int = 0) throws -> [String] {
        let database = SQL.literal(fleet.database(shard))
        return try fleet.sql(
            shard,
            """
            SELECT CONCAT(LOWER(TABLE_TYPE), ':', TABLE_NAME) FROM information_schema.TABLES
              WHERE TABLE_SCHEMA = \(database) AND TABLE_TYPE <> 'BASE TABLE'
            UNION SELECT CONCAT('trigger:', TRIGGER_NAME) FROM information_schema.TRIGGERS
              WHERE TRIGGER_SCHEMA = \(database)
            UNION SELECT CONCAT(LOWER(ROUTINE_TYPE), ':', ROUTINE_NAME)
              FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = \(database)
            UNION SELECT CONCAT('event:', EVENT_NAME) FROM information_schema.EVENTS
              WHERE EVENT_SCHEMA = \(database)
            """
        ).compactMap { $0[0] }.sorted()
    }

    private static let all = [
        "event:nightly", "function:twice", "procedure:tidy_up", "sequence:numbers",
        "trigger:note_it", "view:a_summary", "view:open_orders",
    ]

    @Test func everyKindIsMadeInOrderAndThenInSync() throws {
        let fleet = try Self.fleet()
        let plan = try fleet.expect(2, "plan")
        for words in ["view app.open_orders", "trigger app.note_it", "new sequence"] {
            #expect(plan.says(words), "\(words) in \(plan)")
        }
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 { #expect(try Self.objects(fleet, shard) == Self.all) }
        try fleet.sql(0, "INSERT INTO orders (customer, note) VALUES (4, '')")
        #expect(try fleet.sql(0, "SELECT doubled FROM open_orders").first?[0] == "8")
        try fleet.sql(0, "SELECT NEXTVAL(numbers)")
        try fleet.expect(0, "reconcile")
        try fleet.expectUntouched {
            for command in ["reconcile", "plan", "drift"] { try fleet.expect(0, command) }
        }
    }

    @Test func changesOfEveryKindAreRolledOut() throws {
        let fleet = try Self.fleet()
        try fleet.expect(0, "reconcile")
        for (name, text) in Self.schema {
            let changed = text.replacing("n * 2", with: "n * 3").replacing(
                "< before", with: "<= before"
            )
            .replacing("note = ''", with: "note = '-'").replacing("1 DAY", with: "2 DAY")
            .replacing("BY 10", with: "BY 20").replacing("IS NULL", with: "IS NOT NULL")
            .replacing("count(*)", with: "max(id)")
            try fleet.write("schema/app/\(name)", changed)
        }
        try fleet.commit("Change all")
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("+ DELETE FROM orders WHERE id <= before_id;"), "\(plan)")
        try fleet.sql(0, "SELECT NEXTVAL(numbers)")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.sql(0, "SELECT twice(2)").first?[0] == "6")
        // The sequence goes on from where it was.
        #expect(try fleet.sql(0, "SELECT NEXTVAL(numbers) > 100").first?[0] == "1")
        try fleet.expect(0, "drift")
    }

    @Test func viewIsNeverWithoutWhatItUses() throws {
        let fleet = try Self.fleet([
            "f.sql": "CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1;",
            "s.sql": "CREATE SEQUENCE s;",
            "v.sql": "CREATE VIEW v AS SELECT f() AS a, NEXTVAL(s) AS b;",
        ])
        try fleet.expect(0, "reconcile")
        try fleet.write("schema/app/v.sql", "CREATE VIEW v AS SELECT 2 AS a;")
        for name in ["f.sql", "s.sql"] { try fleet.remove("schema/app/\(name)") }
        fleet.file.namespace.append("retire: [\"function:f\", \"sequence:s\"]")
        try fleet.commit("Use no more")
        let plan = try fleet.expect(3, "plan").all
        let places = try ["view app.v", "function app.f", "sequence app.s"].map { name in
            try #require(plan.firstRange(of: name), "\(name) in \(plan)").lowerBound
        }
        #expect(places == places.sorted(), "\(plan)")
    }

    /// What is before the new range moves on to it, and what is in it stays.
    @Test func sequenceMovesOnToItsNewRange() throws {
        let fleet = try Self.fleet(["s.sql": "CREATE SEQUENCE s;"])
        try fleet.expect(0, "reconcile")
        try fleet.sql(1, "DO SETVAL(s, 700)")
        try fleet.change(
            "s.sql", "CREATE SEQUENCE s START 50 MINVALUE 50 COMMENT 'numbers' ENGINE=Aria;")
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("DO SETVAL(`s`, 50, 0)"), "\(plan)")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.sql(0, "SELECT NEXTVAL(s)").first?[0] == "50")
        #expect(try fleet.sql(1, "SELECT NEXTVAL(s)").first?[0] == "701")
        try fleet.expectUntouched { try fleet.expect(0, "drift") }
    }

    @Test func anEditLeavesTheObjectsOfOtherTablesTheirTables() throws {
        let fleet = try Self.fleet()
        try fleet.change("t.sql", "CREATE TABLE t (id int PRIMARY KEY);")
        try fleet.expect(0, "reconcile")
        try fleet.change("t.sql", "CREATE TABLE t (id bigint PRIMARY KEY);")
        try fleet.expect(2, "plan")
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 { #expect(try Self.objects(fleet, shard) == Self.all) }
        try fleet.expect(0, "drift")
    }

    @Test func viewFollowsItsTable() throws {
        let fleet = try Self.fleet([
            "t.sql": "CREATE TABLE t (id int PRIMARY KEY, gone int);",
            "v.sql": "CREATE VIEW v AS SELECT * FROM t;",
            "w.sql": "CREATE VIEW a AS SELECT id, gone FROM v;",
        ])
        try fleet.expect(0, "reconcile")
        try fleet.write("schema/app/t.sql", "CREATE TABLE t (id int PRIMARY KEY, come int);")
        try fleet.write("schema/app/w.sql", "CREATE VIEW a AS SELECT id, come FROM v;")
        try fleet.commit()
        try fleet.expect(3, "plan")
        try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.sql(1, "SELECT come FROM a").isEmpty)
        try fleet.expect(0, "drift")
    }

    /// It would be refused before its table changed, and stop everything else.
    @Test(arguments: TestServer.available)
    func viewWaitsForATableThatWaits(kind: TestServer.Kind) throws {
        func schema(_ column: String) -> [String: String] {
            [
                "t.sql": "CREATE TABLE t (id int PRIMARY KEY, \(column) int);",
                "v.sql": "CREATE VIEW v AS SELECT \(column) FROM t;",
                "w.sql": "CREATE VIEW w AS SELECT * FROM v;",
                "r.sql": "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @a = NEW.\(column);",
            ]
        }
        let fleet = try FleetFixture(on: TestServer.shared(kind), schema: schema("gone"))
        fleet.file.namespace = ["manage: all"]
        try fleet.commit("Manage everything")
        try fleet.expect(0, "reconcile")
        for (file, text) in schema("come") { try fleet.write("schema/app/\(file)", text) }
        try fleet.commit()
        let before = try fleet.state()
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("it waits for `t`", "it waits for `v`"), "\(asked)")
        #expect(try fleet.state() == before)
        try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        for command in ["plan", "drift"] { try fleet.expect(0, command) }
    }

    @Test func driftIsNamedAndHealed() throws {
        let fleet = try Self.fleet()
        try fleet.expect(0, "reconcile")
        try fleet.sql(1, "ALTER VIEW open_orders AS SELECT id, customer AS doubled FROM orders")
        try fleet.sql(1, "DROP TRIGGER note_it")
        try fleet.sql(1, "ALTER EVENT nightly DISABLE")
        try fleet.sql(1, "CREATE OR REPLACE FUNCTION twice(n bigint) RETURNS bigint RETURN n + n")
        try fleet.sql(1, "ALTER SEQUENCE numbers INCREMENT BY 7")
        let drift = try fleet.expect(2, "drift")
        for name in [
            "view app.open_orders", "trigger app.note_it", "event app.nightly",
            "function app.twice", "sequence app.numbers", "1 in sync",
        ] {
            #expect(drift.says(name), "\(name) in \(drift)")
        }
        #expect(!drift.says("tidy_up") && !drift.says("a_summary"), "\(drift)")
        try fleet.expect(2, "reconcile")
        try fleet.expect(0, "reconcile", "--heal")
        #expect(try Self.objects(fleet, 1) == Self.all)
        try fleet.expect(0, "drift")
    }

    @Test func whatLeavesGitGoesOnlyWhereItIsRetired() throws {
        let fleet = try Self.fleet()
        try fleet.expect(0, "reconcile")
        for name in ["open_orders.sql", "programs.sql", "numbers.sql"] {
            try fleet.remove("schema/app/\(name)")
        }
        try fleet.commit("Leave")
        try fleet.expect(2, "reconcile")
        #expect(try Self.objects(fleet) == Self.all)
        let names = Self.all.map { "\"\($0)\"" }.joined(separator: ", ")
        fleet.file.namespace.append("retire: [\(names)]")
        try fleet.commit("Retire")
        // Git can give them back, but for the value of the sequence.
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("sequence app.numbers"), "\(asked)")
        try fleet.expect(0, "approve", "--all", "--reason", "not used", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try Self.objects(fleet).isEmpty)
        try fleet.expect(0, "drift")
    }

    @Test func whatGitNeverHadIsPrunedOnlyWithApproval() throws {
        let fleet = try Self.fleet(["orders.sql": FleetFixture.orders])
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "CREATE VIEW stray AS SELECT 1")
        #expect(try fleet.run("drift").says("view app.stray"))
        try fleet.expect(0, "reconcile")
        #expect(try Self.objects(fleet) == ["view:stray"])
        fleet.file.namespace.append("prune: all")
        try fleet.commit()
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", "--all", "--reason", "a stray", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try Self.objects(fleet).isEmpty)
    }

    @Test func kindsThatAreNotManagedAreSaidAndLeftAlone() throws {
        let fleet = try FleetFixture(schema: ["orders.sql": FleetFixture.orders])
        fleet.file.namespace = ["manage: [tables, views]", "prune: all"]
        try fleet.commit()
        try fleet.sql(0, "CREATE PROCEDURE theirs() SELECT 1")
        try fleet.sql(0, "CREATE EVENT theirs ON SCHEDULE EVERY 1 DAY DO SELECT 1")
        try fleet.sql(0, "CREATE SEQUENCE theirs_too")
        let run = try fleet.expect(0, "reconcile")
        #expect(
            run.says("1 procedure on 1 shard left alone, as not managed (manage: [tables, views])"))
        #expect(
            try Self.objects(fleet) == ["event:theirs", "procedure:theirs", "sequence:theirs_too"])
        try fleet.change("p.sql", "CREATE PROCEDURE ours() SELECT 1;")
        let refused = try fleet.run("reconcile")
        #expect(refused.status != 0 && refused.says("add `routines` to `manage`"), "\(refused)")
    }

    @Test func tableDrawsItsDefaultFromASequence() throws {
        let fleet = try Self.fleet([
            "t.sql": "CREATE TABLE t (id bigint PRIMARY KEY DEFAULT NEXTVAL(s));",
            "s.sql": "CREATE SEQUENCE s;",
        ])
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")
        try fleet.change(
            "t.sql", "CREATE TABLE t (id bigint PRIMARY KEY DEFAULT NEXTVAL(s), note int);")
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "INSERT INTO t (note) VALUES (1)")
        try fleet.expect(0, "drift")
        try fleet.write("schema/app/t.sql", "CREATE TABLE t (id bigint PRIMARY KEY, note int);")
        try fleet.remove("schema/app/s.sql")
        fleet.file.namespace.append("retire: [\"sequence:s\"]")
        try fleet.commit("Draw no more")
        try fleet.expect(3, "plan")
        try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try Self.objects(fleet).isEmpty)
    }

    @Test func definerCountsWhereAFileSaysOne() throws {
        let fleet = try Self.fleet([
            "v.sql": "CREATE VIEW v AS SELECT 1 AS a;",
            "p.sql": "CREATE DEFINER=`keeper`@`localhost` PROCEDURE p() SELECT 1;",
        ])
        for shard in 0..<2 {
            try fleet.sql(shard, "CREATE OR REPLACE USER keeper@localhost")
            try fleet.sql(shard, "CREATE OR REPLACE USER other@localhost")
        }
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "CREATE OR REPLACE DEFINER=other@localhost VIEW v AS SELECT 1 AS a")
        try fleet.expect(0, "drift")
        try fleet.sql(1, "CREATE OR REPLACE DEFINER=other@localhost PROCEDURE p() SELECT 1")
        let drift = try fleet.expect(2, "drift")
        #expect(drift.says("procedure app.p") && !drift.says("view app.v"), "\(drift)")
        try fleet.expect(0, "reconcile", "--heal")
        try fleet.expect(0, "drift")
    }

    @Test func hostileNamesAreQuotedEverywhere() throws {
        let name = "view:a`b'; -- \\ é"
        let quoted = SQL.identifier(name)
        let fleet = try Self.fleet([
            "t.sql": "CREATE TABLE \(quoted) (id int PRIMARY KEY);",
            "v.sql": "CREATE VIEW `v\(quoted.dropFirst()) AS SELECT id FROM \(quoted);",
            "p.sql": "CREATE PROCEDURE \(quoted)() SELECT 1;",
            "g.sql": "CREATE TRIGGER \(quoted) BEFORE INSERT ON \(quoted) FOR EACH ROW SET @a = 1;",
            "e.sql": "CREATE EVENT \(quoted) ON SCHEDULE EVERY 1 DAY DO SET @a = 1;",
            "s.sql": "CREATE SEQUENCE `s\(quoted.dropFirst());",
        ])
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")
        try fleet.sql(0, "DROP TRIGGER \(quoted)")
        try fleet.sql(0, "DROP TABLE \(quoted)")
        let drift = try fleet.expect(2, "drift")
        #expect(drift.says("trigger app.view:a`b'"), "\(drift)")
        try fleet.expect(0, "reconcile", "--heal")
        try fleet.expect(0, "drift")
    }

    @Test func everyMistakeIsReportedAtItsPlace() throws {
        let fleet = try Self.fleet([
            "orders.sql": FleetFixture.orders,
            "v.sql": "CREATE VIEW v AS SELECT nobody FROM orders;",
            "w.sql": "\nCREATE VIEW w AS SELECT * FROM v;",
            "t.sql": "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.nobody = 1;",
        ])
        let run = try fleet.expect(1, "plan")
        for place in ["v.sql:1:13", "w.sql:2:13", "t.sql:1:16", "nobody"] {
            #expect(run.says(place), "\(place) in \(run)")
        }
    }

    @Test func eventNeverRunsInTheWorkspace() throws {
        let server = try MariaDBServer.start(options: ["--event-scheduler=ON"])
        let fleet = try FleetFixture(
            on: server, shards: 1, schema: ["orders.sql": FleetFixture.orders])
        let other = try server.freshDatabase()
        try fleet.sql(0, "CREATE TABLE \(other).log (id int AUTO_INCREMENT PRIMARY KEY)")
        fleet.file.namespace = ["manage: all"]
        try fleet.change(
            "e.sql",
            "CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO INSERT INTO \(other).log VALUES (NULL);")
        for _ in 0..<3 { try fleet.expect(2, "plan") }
        #expect(try fleet.sql(0, "SELECT COUNT(*) FROM \(other).log").first?[0] == "0")
    }
}
