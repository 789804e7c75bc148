import TestSupport
import Testing

/// What a team goes through with its fleet, from the first run on.
@Suite struct StoryTests {
    @Test func theFirstRunConvergesAndTheNextHasNothingToDo() throws {
        let fleet = try FleetFixture(shards: 3)
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("CREATE TABLE"), "\(plan)")
        #expect(try fleet.table("orders") == nil)
        try fleet.expect(0, "reconcile")
        for shard in 0..<3 { #expect(try fleet.table("orders", on: shard) != nil) }
        // This one still records that nothing is left to plan.
        try fleet.expect(0, "reconcile")
        try fleet.expectUntouched {
            for command in ["reconcile", "plan", "drift", "status"] {
                try fleet.expect(0, command)
            }
            try fleet.expect(0, "store", "verify")
        }
        #expect(try fleet.eventCount("operation-completed") == 3)
    }

    @Test func columnAndIndexAreAddedOnEveryShard() throws {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", Self.withStatus)
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("schema/app/orders.sql:5"), "\(plan)")
        try fleet.expect(0, "reconcile")
        for shard in 0..<2 {
            let table = try #require(try fleet.table("orders", on: shard))
            #expect(table.contains("`status` varchar(20)") && table.contains("KEY `by_status`"))
        }
    }

    @Test func driftIsFoundLeftAloneAndHealedWhenAsked() throws {
        let fleet = try FleetFixture(shards: 3, schema: ["orders.sql": Self.withStatus])
        try fleet.expect(0, "reconcile")
        try fleet.sql(1, "ALTER TABLE orders DROP KEY by_status, ADD COLUMN extra int")
        let drift = try fleet.expect(2, "drift")
        for words in ["s1", "orders", "by_status", "extra", "2 in sync"] {
            #expect(drift.says(words), "\(words) in \(drift)")
        }
        #expect(!drift.says("s0") && !drift.says("s2"), "\(drift)")
        let before = try fleet.state()
        try fleet.expect(2, "reconcile")
        #expect(try fleet.state() == before)
        // The column that nobody committed may hold data: it goes only when a person says so.
        let asked = try fleet.expect(3, "reconcile", "--heal")
        #expect(asked.says("approve"), "\(asked)")
        try fleet.expect(0, "approve", "--all", "--reason", "a stray", by: "eve@example.com")
        try fleet.expect(0, "reconcile", "--heal")
        #expect(try fleet.table("orders", on: 1) == fleet.table("orders", on: 0))
        try fleet.expect(0, "drift")
    }

    @Test func additiveDriftPolicyPutsBackOnlyWhatIsMissing() throws {
        let fleet = try FleetFixture(schema: ["orders.sql": Self.withStatus])
        fleet.file.policy = ["drift: additive"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.sql(0, "ALTER TABLE orders DROP KEY by_status")
        try fleet.sql(1, "ALTER TABLE orders ADD COLUMN extra int")
        try fleet.expect(2, "reconcile")
        #expect(try fleet.table("orders", on: 0)?.contains("by_status") == true)
        #expect(try fleet.table("orders", on: 1)?.contains("extra") == true)
    }

    @Test func droppedColumnWaitsForItsApprovalWhichIsUsedOnce() throws {
        let fleet = try FleetFixture(schema: ["orders.sql": Self.withStatus])
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", FleetFixture.orders)
        let before = try fleet.state()
        let asked = try fleet.expect(3, "reconcile")
        #expect(try fleet.state() == before)
        let digest = try Self.waiting(fleet)
        #expect(asked.says("plumb approve \(digest.prefix(16))"), "\(asked)")
        try fleet.expect(0, "approve", digest, "--reason", "unused", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("orders")?.contains("status") == false)
        try fleet.expect(0, "reconcile")
        #expect(try fleet.eventCount("operation-completed") == 4)

        try fleet.change("orders.sql", Self.withStatus)
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", FleetFixture.orders)
        try fleet.expect(3, "reconcile")
        #expect(try fleet.table("orders")?.contains("status") == true)
    }

    @Test func tableThatLeavesGitIsDroppedOnlyWhenRetiredAndApproved() throws {
        let fleet = try FleetFixture(schema: [
            "orders.sql": FleetFixture.orders,
            "log.sql": "CREATE TABLE log (id int PRIMARY KEY, line text);",
        ])
        try fleet.expect(0, "reconcile")
        try fleet.remove("schema/app/log.sql")
        try fleet.commit()
        let left = try fleet.expect(2, "reconcile")
        #expect(left.says("log", "retire"), "\(left)")
        #expect(try fleet.table("log") != nil)
        try fleet.expect(2, "drift")

        fleet.file.namespace = ["retire: [log]"]
        try fleet.commit()
        try fleet.expect(3, "reconcile")
        #expect(try fleet.table("log") != nil)
        try fleet.expect(0, "approve", "--all", "--reason", "moved", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("log") == nil)
        #expect(try fleet.table("orders") != nil)
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")
    }

    @Test func tableThatGitNeverOwnedIsReportedAndNeverTouched() throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.sql(0, "CREATE TABLE by_hand (id int PRIMARY KEY)")
        try fleet.expect(0, "reconcile")
        let drift = try fleet.expect(0, "drift")
        #expect(drift.says("by_hand"), "\(drift)")
        fleet.file.namespace = ["prune: all"]
        try fleet.commit()
        try fleet.expect(3, "reconcile")
        #expect(try fleet.table("by_hand") != nil)
        try fleet.expect(0, "approve", "--all", "--reason", "stray", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("by_hand") == nil)
    }

    static let withStatus = """
        CREATE TABLE orders (
          id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
          customer bigint NOT NULL,
          note varchar(100),
          status varchar(20),
          KEY by_status (status)
        );

        """

    /// The digest of the one step that waits for an approval.
    static func waiting(_ fleet: FleetFixture) throws -> String {
        let steps = try fleet.run("plan", "--output", "json").list("steps")
        let waiting = steps.filter { step in
            (step["holds"] as? [[String: Any]])?.contains { $0["code"] as? String == "approval" }
                == true
        }
        #expect(waiting.count == 1)
        return try #require(waiting.first?["approval"] as? String)
    }
}
