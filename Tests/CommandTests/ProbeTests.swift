import Foundation
import TestSupport
import Testing

/// What the rows of the shards say, in the plan.
@Suite struct ProbeTests {
    private static let required = FleetFixture.orders.replacingOccurrences(
        of: "note varchar(100)", with: "note varchar(100) NOT NULL")

    /// Four shards that git wants without NULL in `note`; two of them hold such rows.
    private func fleet() throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        for shard in 0..<4 {
            let note = shard % 2 == 1 ? "NULL" : "'x'"
            try fleet.sql(shard, "INSERT INTO orders (customer, note) VALUES (1, \(note))")
        }
        try fleet.change("orders.sql", Self.required)
        return fleet
    }

    private func probe(_ run: Run) throws -> [String: Any] {
        let findings = try #require(run.list("steps").first?["findings"] as? [[String: Any]])
        return try #require(findings.compactMap { $0["probe"] as? [String: Any] }.first)
    }

    @Test func thePlanNamesTheShardsWithRowsInTheWay() throws {
        let fleet = try fleet()
        try fleet.expectUntouched { _ = try fleet.run("drift") }
        let text = try fleet.expect(3, "plan")
        #expect(
            text.says(
                "rows in the way on s{1,3} (2 of 4 shards): NULL in `note`",
                "no row in the way on 2 of 4 shards: NULL in `note`",
                "look: SELECT * FROM `orders` WHERE `note` IS NULL LIMIT 10", "blocks writes: no"),
            "\(text)")
        let json = try fleet.expect(3, "plan", "--output", "json")
        #expect(try SchemaValidator(shipped: "plan").problems(in: json.stdout) == [])
        let found = try probe(json)
        #expect(found["inTheWay"] as? [String] == ["s1", "s3"])
        #expect(found["clear"] as? [String] == ["s0", "s2"])
        #expect(
            found["question"] as? String == "SELECT 1 FROM `orders` WHERE `note` IS NULL LIMIT 1")
        for format in ["markdown", "sarif", "html"] {
            let run = try fleet.expect(3, "plan", "--output", format)
            #expect(run.says("rows in the way on s{1,3}"), "\(run)")
        }

        // What is asked of rows is no part of what is approved.
        try fleet.expect(0, "approve", "--all", "--reason", "they are filled tonight")
        for shard in 0..<4 { try fleet.sql(shard, "UPDATE orders SET note = 'y'") }
        let clear = try fleet.expect(2, "plan")
        #expect(clear.says("no row in the way on 4 of 4 shards: NULL in `note`"), "\(clear)")
        #expect(clear.says("lossy forbid-null") && !clear.says("rows in the way"))
        try fleet.expect(0, "reconcile")
    }

    @Test func aTableThatIsHeldIsNotKnown() throws {
        let fleet = try fleet()
        let holder = try fleet.server.connect(database: fleet.database(0))
        try holder.execute("LOCK TABLES orders WRITE")
        let run = try fleet.run("plan")
        #expect(
            run.says("not known on s0 (1 of 4 shards): another session holds the table"), "\(run)")
        try holder.execute("UNLOCK TABLES")
    }

    /// One step, whose question is right on one of its shards only.
    @Test func shardsWithOtherParentsAreNotAskedTheSame() throws {
        let fleet = try FleetFixture(
            schema: [
                "orders.sql": FleetFixture.orders,
                "customers.sql": "CREATE TABLE customers (id bigint PRIMARY KEY);\n",
            ])
        try fleet.expect(0, "reconcile")
        let key = "FOREIGN KEY (customer) REFERENCES customers (id)"
        try fleet.change(
            "orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(100), CONSTRAINT buyer \(key)"))
        try fleet.sql(0, "INSERT INTO orders (customer) VALUES (7)")
        let alike = try fleet.expect(3, "plan")
        #expect(alike.says("rows in the way on s0 (1 of 2 shards): rows without a parent"))
        try fleet.sql(1, "DROP TABLE customers")
        let run = try fleet.run("plan")
        #expect(
            run.says("rows not asked: the tables around it are not the same on all shards"),
            "\(run)")
    }

    @Test func onlyWhatTheDataDecidesIsAsked() throws {
        let server = try TestServer.start()
        let fleet = try FleetFixture(on: server)
        try fleet.expect(0, "reconcile")
        let log = server.folder.path + "/general.log"
        try server.connect().execute(
            "SET GLOBAL general_log_file = \(SQL.literal(log)), GLOBAL general_log = 1")
        func questions() throws -> Int {
            try String(contentsOfFile: log, encoding: .utf8)
                .components(separatedBy: "START TRANSACTION READ ONLY").count - 1
        }
        try fleet.change(
            "orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(200), KEY by_customer (customer)"))
        try fleet.expect(2, "plan")
        #expect(try questions() == 0)
        try fleet.change("orders.sql", Self.required)
        try fleet.expect(3, "plan")
        #expect(try questions() == 2)
        try fleet.expect(2, "drift")
        #expect(try questions() == 2)
        try fleet.expect(3, "reconcile")
        #expect(try questions() == 4)

        fleet.file.policy = ["probe: {enabled: false}"]
        try fleet.commit()
        let off = try fleet.expect(3, "plan")
        #expect(off.says("rows not asked: questions are switched off (policy.probe)"), "\(off)")
        #expect(try questions() == 4)
        server.kill()
    }
}
