import TestSupport
import Testing

/// Shards that a rollback did not know when it was asked for.
@Suite("What was taken back is not rolled out to shards that come later")
struct RollbackJoiningTests {
    /// Four shards with `orders`, of which the canary has got its new column, which is taken back.
    private func takenBack() throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 1h}, {percent: 100}]"]
        try fleet.commit()
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(2, "reconcile", "--no-wait")
        _ = try fleet.run("rollback", "--reason", "slow")
        try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
        try fleet.expect(0, "reconcile", "--no-wait")
        return fleet
    }

    private func join(_ fleet: FleetFixture) throws {
        var shard = fleet.file.shards[0]
        shard.name = "s\(fleet.file.shards.count)"
        shard.database = try fleet.server.freshDatabase()
        fleet.file.shards.append(shard)
    }

    private func changed(_ fleet: FleetFixture) throws -> [Bool?] {
        try fleet.file.shards.indices.map { shard in
            try fleet.table("orders", on: shard).map { $0.contains("by_status") }
        }
    }

    private func covered(_ fleet: FleetFixture) throws -> [Int?] {
        let status = try fleet.run("status", "--output", "json").json
        return (status["rollbacks"] as? [[String: Any]] ?? []).map { $0["shardCount"] as? Int }
    }

    @Test func anEmptyShardGetsWhatTheOthersHave() throws {
        let fleet = try takenBack()
        try join(fleet)
        // One that has the change already keeps it: nobody asked to drop anything there.
        try join(fleet)
        try fleet.sql(5, StoryTests.withStatus)
        try fleet.commit("Two more")
        #expect(try fleet.expect(2, "plan").says("on 5 shards is wanted as before"))
        _ = try fleet.run("reconcile")
        #expect(try changed(fleet) == [false, false, false, false, false, true])
        #expect(try covered(fleet) == [5])
        #expect(try fleet.eventCount("rollback-changed") == 1)
        try fleet.expect(0, "reconcile")
        try fleet.expectUntouched { try fleet.expect(0, "reconcile") }
        try fleet.expect(0, "drift")
        fleet.file.policy = []
        try fleet.commit()
        _ = try fleet.run("rollback", "--end", "--reason", "it was not us")
        try fleet.expect(0, "reconcile")
        #expect(try changed(fleet) == [true, true, true, true, true, true])
    }

    /// It was not in the rollout that is taken back, as nobody could read it then.
    @Test func aShardThatCouldNotBeReadDoesNotGetTheChangeLater() throws {
        let fleet = try FleetFixture(shards: 3)
        try fleet.expect(0, "reconcile")
        let database = fleet.file.shards[2].database
        fleet.file.shards[2].database = "no_such_database"
        try fleet.commit()
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(6, "reconcile")
        _ = try fleet.run("rollback", "--reason", "slow")
        try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
        fleet.file.shards[2].database = database
        try fleet.commit("It is back")
        _ = try fleet.run("reconcile")
        #expect(try changed(fleet) == [false, false, false])
        #expect(try covered(fleet) == [3])
    }

    /// It is the same change, and another rollout, which nobody took back.
    @Test func whatAnotherOpenRolloutHasGoesOn() throws {
        let fleet = try FleetFixture(shards: 3)
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile", "--shard", "s0")
        let first = try #require(
            try fleet.run("status", "--output", "json").json["rollout"] as? String)
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 3s}, {percent: 100}]"]
        try fleet.commit()
        try fleet.expect(2, "reconcile", "--no-wait")
        _ = try fleet.run("rollback", first, "--reason", "only there")
        try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try changed(fleet) == [false, true, true])
    }
}
