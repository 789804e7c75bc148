import Foundation
import TestSupport
import Testing

/// Changes that are made ready first and then made: together, or when somebody says so.
@Suite("Cutovers wait for all shards, or for people") struct CutoverTests {
    /// Shards with `orders`, and then a change of it.
    private func fleet(_ rollout: [String], shards: Int = 3) throws -> FleetFixture {
        let fleet = try FleetFixture(shards: shards)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:"] + rollout.map { "  " + $0 }
        try fleet.commit()
        try fleet.change("orders.sql", StoryTests.withStatus)
        return fleet
    }

    private func changed(_ fleet: FleetFixture, of shards: Int = 3) throws -> [Bool] {
        try (0..<shards).map { try fleet.table("orders", on: $0)?.contains("by_status") == true }
    }

    private func status(_ fleet: FleetFixture) throws -> [String: Any] {
        try fleet.run("status", "--output", "json").json
    }

    @Test func nothingChangesUntilSomebodySaysSo() throws {
        let fleet = try fleet(["cutover: manual"])
        let first = try fleet.expect(2, "reconcile", "--no-wait")
        #expect(first.says("plumb cutover"), "\(first)")
        #expect(try changed(fleet) == [false, false, false])
        let open = try status(fleet)
        #expect(open["state"] as? String == "waiting_for_cutover")
        #expect(open["counts"] as? [String: Int] == ["waiting_for_cutover": 3])
        #expect(try fleet.eventCount("operation-parked") == 3)
        // Without `--no-wait` it ends as well: it is not known when somebody will say so.
        try fleet.expect(2, "reconcile")
        #expect(try fleet.eventCount("operation-parked") == 3)
        try fleet.expect(64, "cutover")
        #expect(
            try fleet.expect(78, "cutover", "--shard", "nobody", "--reason", "x")
                .says("no operation on these shards"))
        let id = try #require(open["rollout"] as? String)
        try fleet.expect(0, "cutover", id, "--shard", "s1", "--reason", "the canary")
        #expect(try changed(fleet) == [false, false, false])
        try fleet.expect(2, "reconcile")
        #expect(try changed(fleet) == [false, true, false])
        #expect(
            try fleet.expect(78, "cutover", "--shard", "s1", "--reason", "x")
                .says("nothing of rollout \(id) waits"))
        try fleet.expect(0, "stop", "--reason", "look")
        #expect(try fleet.expect(78, "cutover", "--reason", "x").says("is stopped by"))
        try fleet.expect(0, "start", "--reason", "looked")
        let all = try fleet.expect(0, "cutover", "--reason", "the rest").says("2 operations")
        #expect(all)
        #expect(try fleet.expect(78, "cutover", "--reason", "x").says("asked for there already"))
        try fleet.expect(0, "reconcile")
        #expect(try changed(fleet) == [true, true, true])
        #expect(try fleet.expect(78, "cutover", id, "--reason", "x").says("has ended"))
        let asked = try fleet.events().filter { $0["event"] as? String == "rollout-cutover" }
        #expect(asked.compactMap { $0["reason"] as? String } == ["the rest", "the canary"])
        #expect(try fleet.eventCount("operation-completed") == 6)
        try fleet.expect(0, "store", "verify")
    }

    @Test func oneShardThatIsNotReadyKeepsAllOthersWaiting() throws {
        let fleet = try fleet(["cutover: barrier"])
        let holder = try fleet.server.connect(database: fleet.database(2))
        let lock = try holder.query("SELECT GET_LOCK('plumb:\(fleet.database(2))', 10)")
        #expect(lock.first?[0] == "1")
        _ = try fleet.run("reconcile", "--no-wait")
        #expect(try changed(fleet) == [false, false, false])
        #expect(
            try status(fleet)["counts"] as? [String: Int]
                == ["waiting_for_cutover": 2, "pending": 1])
        #expect(
            try fleet.expect(78, "cutover", "--reason", "x").says("its cutover policy is `barrier`")
        )
        holder.close()
        try fleet.expect(0, "reconcile")
        #expect(try changed(fleet) == [true, true, true])
        // In the order of the shards, and none before all of them were ready.
        let trail = try fleet.events().reversed().compactMap { event -> String? in
            guard let kind = event["event"] as? String,
                ["operation-parked", "operation-completed"].contains(kind)
            else { return nil }
            return kind == "operation-parked" ? "ready" : "done"
        }
        #expect(trail.suffix(6) == ["ready", "ready", "ready", "done", "done", "done"])
    }

    @Test func anotherPlanTakesOverWhatHasNotChanged() throws {
        let fleet = try fleet(["cutover: manual"], shards: 2)
        try fleet.expect(2, "reconcile")
        let old = try #require(try status(fleet)["rollout"] as? String)
        try fleet.change(
            "orders.sql",
            StoryTests.withStatus.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(120)"))
        try fleet.expect(2, "reconcile")
        let over = try fleet.run("status", old, "--output", "json").json
        #expect(over["state"] as? String == "superseded")
        try fleet.expect(0, "cutover", "--reason", "go")
        try fleet.expect(0, "reconcile")
        #expect(try changed(fleet, of: 2) == [true, true])
        #expect(try fleet.table("orders", on: 0)?.contains("varchar(120)") == true)
    }

    @Test func aFailureThatMayPassIsATimeInTheLedger() throws {
        let fleet = try fleet(
            ["on_failure: continue", "retries: {attempts: 20, within: 1h}"], shards: 2)
        let plan = try fleet.run("plan", "--output", "json").json
        #expect((plan["lockWaits"] as? [String: Any])?["attempts"] as? Int == 20)
        let reader = try fleet.server.connect(database: fleet.database(0))
        try reader.execute("LOCK TABLES orders READ")
        let first = try fleet.expect(2, "reconcile", "--no-wait")
        // The other shard does not wait for this one.
        #expect(try changed(fleet, of: 2) == [false, true])
        let open = try status(fleet)
        let due = try #require(open["due"] as? [String: Any])
        let at = try #require(due["at"] as? String)
        #expect(due["retrying"] as? String == "app/s0/orders")
        #expect(first.says("app/s0/orders is tried again at \(at)", "retry in"), "\(first)")
        #expect(try fleet.expect(2, "status").says("is tried again at \(at)", "Lock wait timeout"))
        #expect(try fleet.eventCount("operation-postponed") == 1)
        // Another process knows it, and goes on when it is due.
        reader.close()
        let last = try fleet.expect(0, "reconcile")
        #expect(try changed(fleet, of: 2) == [true, true], "\(last)")
        #expect(try fleet.eventCount("operation-failed") == 0)
        #expect(try fleet.eventCount("rollout-completed") == 2)
    }
}
