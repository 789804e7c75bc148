import Foundation
import TestSupport
import Testing

/// `plumb suspend` and `plumb resume`: nothing begins where somebody said so, and nothing is lost.
@Suite("Nothing begins on what somebody suspended") struct SuspensionTests {
    private static let note = "CREATE TABLE notes (id int PRIMARY KEY);"

    private func made(_ fleet: FleetFixture) throws -> [Bool] {
        try (0..<4).map { try fleet.table("notes", on: $0) != nil }
    }

    @Test func oneShardWaitsAndTheOthersGoOn() throws {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        let word = try fleet.expect(0, "suspend", "app/s2", "--reason", "a dump is taken")
        #expect(word.says("app/s2 is suspended", "until `plumb resume`"), "\(word)")
        try fleet.change("notes.sql", Self.note)
        #expect(try fleet.expect(3, "plan").says("suspended on s2", "a dump is taken"))
        #expect(try fleet.expect(3, "reconcile").says("app/s2 is suspended by"))
        #expect(try made(fleet) == [true, true, false, true])
        // It is shown, and who looks for drift finds none made by it.
        let status = try fleet.run("status", "--output", "json").json
        let kept = try #require((status["suspensions"] as? [[String: Any]])?.first)
        #expect(kept["shard"] as? String == "s2")
        #expect(kept["reason"] as? String == "a dump is taken")
        #expect(try fleet.run("status").says("a dump is taken"))
        try fleet.expect(3, "reconcile")
        let count = try fleet.events().count
        try fleet.expect(3, "reconcile")
        #expect(try fleet.events().count == count, "a pass in which nothing moved writes nothing")
        #expect(try fleet.expect(0, "resume", "app/s2", "--reason", "it is done").says("resumed"))
        try fleet.expect(0, "reconcile")
        #expect(try made(fleet) == [true, true, true, true])
        #expect(try fleet.eventCount("suspended") == 1)
        #expect(try fleet.eventCount("resumed") == 1)
        try fleet.expect(0, "store", "verify")
    }

    @Test func aRolloutWaitsForItsSuspendedCanary() throws {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 1h}, {percent: 100}]"]
        try fleet.commit()
        try fleet.change("notes.sql", Self.note)
        try fleet.expect(2, "reconcile", "--no-wait")
        let id = try fleet.run("status", "--output", "json").json["rollout"] as? String
        try fleet.expect(0, "suspend", "app", "--reason", "an incident")
        // It stays open, and nothing begins anew.
        try fleet.expect(3, "reconcile", "--no-wait")
        let held = try fleet.run("status", "--output", "json").json
        #expect(held["rollout"] as? String == id)
        #expect(held["state"] as? String == "running")
        #expect(try made(fleet) == [true, false, false, false])
        try fleet.expect(0, "resume", "app", "--reason", "over")
        try fleet.expect(2, "reconcile", "--no-wait")
        #expect(try fleet.run("status", "--output", "json").json["rollout"] as? String == id)
    }

    @Test func itEndsByItself() throws {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        let word = try fleet.expect(0, "suspend", "app", "--for", "1s", "--reason", "a moment")
        #expect(word.says("until 20"), "\(word)")
        try fleet.change("notes.sql", Self.note)
        // Each run asks the time anew; the first ones may come too early.
        var runs = 0
        while try fleet.run("reconcile").status == 3, runs < 100 { runs += 1 }
        #expect(try made(fleet) == [true, true, true, true])
        #expect(
            (try fleet.run("status", "--output", "json").json["suspensions"] as? [Any])?.count == 0)
        // What is over is in nobody's way, and goes with the next request.
        try fleet.expect(0, "suspend", "app", "--reason", "again")
        #expect(try fleet.expect(78, "suspend", "app", "--reason", "twice").says("again"))
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        let fleet = try FleetFixture(shards: 4)
        for (words, status, say) in [
            (["suspend", "app"], 64, "a reason is needed"),
            (["suspend", "--reason", "x"], 64, "names no namespace"),
            (["suspend", "app/s1/x", "--reason", "x"], 64, "names no namespace"),
            (["suspend", "app/", "--reason", "x"], 64, "names no namespace"),
            (["suspend", "app", "app/s1", "--reason", "x"], 64, "app/s1"),
            (["suspend", "ap", "--reason", "x"], 78, "did you mean `app`?"),
            (["suspend", "app/s11", "--reason", "x"], 78, "has no shard `app/s11`"),
            (["suspend", "app", "--for", "soon", "--reason", "x"], 64, "no such duration"),
            (["resume", "app/s1", "--reason", "x"], 78, "is not suspended"),
        ] as [([String], Int32, String)] {
            let run = try fleet.run(words)
            #expect(run.status == status && run.says(say), "\(words): \(run)")
        }
        try fleet.expect(0, "suspend", "app", "--reason", "all of it")
        #expect(try fleet.expect(78, "resume", "app/s1", "--reason", "x").says("all of it"))
        try fleet.expect(0, "suspend", "app/s1", "--reason", "and this")
        try fleet.expect(0, "resume", "app", "--reason", "x")
        #expect(try fleet.expect(78, "resume", "app", "--reason", "x").says("suspended are app/s1"))
    }
}
