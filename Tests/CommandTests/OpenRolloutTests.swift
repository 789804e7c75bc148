import Foundation
import TestSupport
import Testing

/// Rollouts that stay open: over bakes, ends of the process, other shards, windows and new plans.
@Suite("A rollout stays open until it is done") struct OpenRolloutTests {
    /// A bake that a test waits for: far longer than a run takes to end in it on a busy machine.
    private static let short = "15s"

    /// Four shards with `orders`, and then a change of it whose canary bakes.
    private func baking(_ bake: String = "1h") throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: \(bake)}, {percent: 100}]"]
        try fleet.commit()
        try fleet.change("orders.sql", StoryTests.withStatus)
        return fleet
    }

    private func changed(_ fleet: FleetFixture, of shards: Int = 4) throws -> [Bool] {
        try (0..<shards).map { try fleet.table("orders", on: $0)?.contains("by_status") == true }
    }

    private func rollout(_ fleet: FleetFixture) throws -> [String: Any] {
        try fleet.run("status", "--output", "json").json
    }

    @Test func aRunEndsInABakeWhereItIsAskedTo() throws {
        let fleet = try baking()
        let first = try fleet.expect(2, "reconcile", "--no-wait")
        #expect(first.says("wave 1 of 2 bakes", "opens at"), "\(first)")
        #expect(try changed(fleet) == [true, false, false, false])
        let open = try rollout(fleet)
        let due = try #require((open["due"] as? [String: Any])?["at"] as? String)
        // The bake is a time in the records: another run does not begin it anew.
        let second = try fleet.expect(2, "reconcile", "--no-wait", "--output", "json").json
        let count = try fleet.events().count
        let again = try #require(second["rollout"] as? [String: Any])
        #expect((again["due"] as? [String: Any])?["at"] as? String == due)
        #expect(again["rollout"] as? String == open["rollout"] as? String)
        #expect(try changed(fleet) == [true, false, false, false])
        // What is left was planned and recorded; where nothing moves nothing is written.
        try fleet.expect(2, "reconcile", "--no-wait")
        #expect(try fleet.events().count == count)
        #expect(try fleet.expect(2, "status").says(due))
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func aBakeOutlivesItsProcess(_ signal: Int32) throws {
        let fleet = try baking()
        let running = try fleet.start("reconcile")
        #expect(try running.says("bak"))
        running.send(signal)
        let ended = try running.wait()
        #expect(signal == SIGKILL || ended.status == 2, "\(ended)")
        let before = try rollout(fleet)
        let run = try fleet.expect(2, "reconcile", "--no-wait", "--output", "json").json
        let after = try #require(run["rollout"] as? [String: Any])
        #expect(after["rollout"] as? String == before["rollout"] as? String)
        let times = [before, after].map { ($0["due"] as? [String: Any])?["at"] as? String }
        #expect(times[0] != nil && times[0] == times[1])
        #expect(try changed(fleet) == [true, false, false, false])
        try fleet.expect(0, "store", "verify")
    }

    @Test func laterRunsGoOnWhereTheBakeIsOver() throws {
        let fleet = try baking("1s")
        var runs = 0
        while try fleet.run("reconcile", "--no-wait").status == 2 { runs += 1 }
        #expect(try changed(fleet) == [true, true, true, true])
        #expect(try fleet.eventCount("rollout-started") == 2)
        #expect(try fleet.eventCount("rollout-completed") == 2)
        #expect(try fleet.eventCount("operation-completed") == 8)
        #expect(try rollout(fleet)["state"] as? String == "completed")
    }

    @Test func theLoopWakesWhenAWaveIsBaked() throws {
        let fleet = try baking(Self.short)
        let daemon = try fleet.start("daemon", "--interval", "1h")
        #expect(try daemon.says("\"exit\":\"2\""))
        #expect(try daemon.says("\"exit\":\"0\""))
        daemon.send(SIGTERM)
        _ = try daemon.wait()
        #expect(try changed(fleet) == [true, true, true, true])
        #expect(try fleet.eventCount("rollout-completed") == 2)
    }

    @Test func otherShardsAndClosedWindowsLeaveItOpen() throws {
        let fleet = try baking()
        try fleet.expect(2, "reconcile", "--no-wait")
        let id = try rollout(fleet)["rollout"] as? String
        // What another run is not about stays as it is.
        _ = try fleet.run("reconcile", "--no-wait", "--shard", "app/s2")
        #expect(try rollout(fleet)["rollout"] as? String == id)
        let policy = fleet.file.policy
        let closed = "[{allow: \"\(PolicyTests.yesterday) 09:00-09:01\", zone: UTC}]"
        fleet.file.policy = policy + ["windows: \(closed)"]
        try fleet.commit()
        try fleet.expect(3, "reconcile", "--no-wait")
        let held = try rollout(fleet)
        #expect(held["rollout"] as? String == id)
        #expect(held["state"] as? String == "running")
        #expect(held["counts"] as? [String: Int] == ["completed": 1, "pending": 3])
        fleet.file.policy = policy
        try fleet.commit()
        try fleet.expect(2, "reconcile", "--no-wait")
        #expect(try rollout(fleet)["rollout"] as? String == id)
        #expect(try changed(fleet) == [true, false, false, false])
    }

    @Test func anotherTableDoesNotWaitForTheBake() throws {
        let fleet = try baking()
        try fleet.expect(2, "reconcile", "--no-wait")
        let old = try #require(try rollout(fleet)["rollout"] as? String)
        try fleet.change("items.sql", "CREATE TABLE items (id int PRIMARY KEY);")
        let run = try fleet.expect(2, "reconcile", "--no-wait", "--output", "json").json
        // It has a rollout of its own, which begins with its canary; on that shard nothing is left.
        let both = [run["rollout"] as? [String: Any]] + ((run["others"] as? [[String: Any]]) ?? [])
        #expect(Set(both.compactMap { $0?["rollout"] as? String }).count == 2)
        #expect(both.contains { $0?["rollout"] as? String == old })
        #expect(try fleet.table("items", on: 0) != nil)
        #expect(try fleet.table("items", on: 1) == nil)
        #expect(try changed(fleet) == [true, false, false, false])
        #expect(try fleet.expect(2, "status", old).says("bakes"))
    }

    @Test func aNewerPlanOfTheSameTableBeginsAtTheFirstWave() throws {
        let fleet = try baking()
        try fleet.expect(2, "reconcile", "--no-wait")
        let old = try #require(try rollout(fleet)["rollout"] as? String)
        try fleet.change(
            "orders.sql",
            StoryTests.withStatus.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(120)"))
        let run = try fleet.run("reconcile", "--no-wait")
        let new = try rollout(fleet)
        #expect(new["rollout"] as? String != old)
        #expect(try fleet.table("orders", on: 0)?.contains("varchar(120)") == true, "\(run)")
        #expect(try changed(fleet) == [true, false, false, false])
        let over = try fleet.run("status", old, "--output", "json").json
        #expect(over["state"] as? String == "superseded")
        #expect(over["counts"] as? [String: Int] == ["completed": 1, "superseded": 3])
        #expect(try fleet.eventCount("rollout-superseded") == 1)
    }

    @Test func whatIsLiveAlreadyIsFoundDone() throws {
        let fleet = try baking()
        try fleet.expect(2, "reconcile", "--no-wait")
        let open = try fleet.table("orders", on: 0)
        for shard in 1..<4 {
            try fleet.sql(
                shard,
                "ALTER TABLE orders ADD COLUMN status varchar(20), ADD KEY by_status (status)")
        }
        try #require(try fleet.table("orders", on: 1) == open)
        try fleet.expect(0, "reconcile", "--no-wait")
        let over = try rollout(fleet)
        #expect(over["state"] as? String == "completed")
        #expect(over["counts"] as? [String: Int] == ["completed": 4])
    }

    @Test func aStopKeepsTheRestFromBeginning() throws {
        let blocked = try BlockedStatement()
        let (fleet, running) = (blocked.fleet, blocked.running)
        try fleet.expect(64, "stop")
        let id = try #require(try rollout(fleet)["rollout"] as? String)
        #expect(try fleet.expect(0, "stop", "--reason", "look first").says(id))
        blocked.reader.close()
        let run = try running.wait()
        // What ran has ended, and nothing else has begun.
        #expect(run.status == 3 && run.says("look first", "plumb start \(id)"), "\(run)")
        #expect(try changed(fleet) == [true, false, false, false])
        #expect(try rollout(fleet)["state"] as? String == "stopped")
        for _ in 0..<2 { #expect(try fleet.expect(3, "reconcile").says("look first")) }
        #expect(try changed(fleet) == [true, false, false, false])
        #expect(try fleet.expect(78, "stop", id, "--reason", "x").says("look first"))
        try fleet.expect(0, "start", "--reason", "looked")
        try fleet.expect(0, "reconcile")
        #expect(try changed(fleet) == [true, true, true, true])
        #expect(try fleet.eventCount("operation-completed") == 8)
        let events = try fleet.events().filter {
            ["rollout-stopped", "rollout-started-again"].contains($0["event"] as? String)
        }
        #expect(events.compactMap { $0["reason"] as? String } == ["looked", "look first"])
        for words in [["stop"], ["start"], ["stop", id], ["start", id], ["stop", "nothing"]] {
            let refused = try fleet.run(words + ["--reason", "x"])
            #expect(refused.status == 78, "\(refused)")
        }
        try fleet.expect(0, "store", "verify")
    }

    @Test(arguments: [["stop"], ["rollback"]])
    func aRunThatWaitsForABakeLetsGoWhenItIsStopped(_ verb: [String]) throws {
        let fleet = try baking()
        let running = try fleet.start("reconcile")
        #expect(try running.says("bak"))
        _ = try fleet.run(verb + ["--reason", "the canary is slow"])
        let run = try running.wait()
        #expect(run.status == 3, "\(run)")
        // Nobody holds the environment any more.
        #expect(try fleet.run("reconcile", "--no-wait").says("being reconciled") == false)
        #expect(try changed(fleet)[1...] == [false, false, false])
    }

    @Test func aThrottleIsSeenByTheNextShard() throws {
        let fleet = try baking(Self.short)
        try fleet.expect(2, "reconcile", "--no-wait")
        try fleet.expect(64, "throttle", "--reason", "x")
        try fleet.expect(64, "throttle", "--at-once", "2", "--off", "--reason", "x")
        try fleet.expect(64, "throttle", "--at-once", "0", "--reason", "x")
        try fleet.expect(78, "throttle", "--off", "--reason", "x")
        try fleet.expect(0, "throttle", "--at-once", "1", "--reason", "replicas lag")
        #expect(try fleet.run("status").says("replicas lag", "at most 1 shard at a time"))
        let run = try fleet.expect(0, "reconcile")
        // One after the other: each is done before the next one is started.
        let lines = run.stderr.split(separator: "\n").filter {
            $0.contains("started") || $0.contains("done")
        }
        let words = lines.map { $0.contains("started") ? "started" : "done" }
        #expect(words == ["started", "done", "started", "done", "started", "done"], "\(run)")
        #expect(try changed(fleet) == [true, true, true, true])
        #expect(try fleet.eventCount("rollout-throttled") == 1)
    }

    /// A statement that waits for its table in vain is tried again, but not after a stop.
    @Test(arguments: [["stop"], ["rollback"], ["suspend", "app"]])
    func nothingIsTriedAgainAfterAStop(_ verb: [String]) throws {
        let blocked = try BlockedStatement()
        let (fleet, running) = (blocked.fleet, blocked.running)
        // The first attempt has failed: the statement waited for a second.
        #expect(try running.says("retry in"))
        let word = try fleet.run(verb + ["--reason", "look first"])
        #expect(word.status == 0 || verb == ["rollback"], "\(word)")
        blocked.reader.close()
        let run = try running.wait()
        #expect(run.status != 0, "\(run)")
        #expect(try changed(fleet) == [false, false, false, false])
        #expect(try fleet.eventCount("operation-completed") == 4)
    }

    @Test func aStopHoldsInABake() throws {
        let fleet = try baking(Self.short)
        try fleet.expect(2, "reconcile", "--no-wait")
        try fleet.expect(0, "stop", "--reason", "not today")
        // The bake is over soon, and the stop is not.
        #expect(try fleet.expect(3, "reconcile").says("not today"))
        #expect(try changed(fleet) == [true, false, false, false])
        try fleet.expect(0, "start", "--reason", "today")
        try fleet.expect(0, "reconcile")
        #expect(try changed(fleet) == [true, true, true, true])
    }

    @Test func onAShardTheOlderOneGoesFirst() throws {
        let fleet = try FleetFixture(shards: 2)
        fleet.file.namespace = ["manage: [tables, views]"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 8s}, {percent: 100}]"]
        try fleet.commit()
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(2, "reconcile", "--no-wait")
        // Both begin in the same second or in one after the other.
        try fleet.change("open.sql", "CREATE VIEW open AS SELECT id, status FROM orders;")
        var runs = [try fleet.run("reconcile", "--no-wait")]
        while runs.last?.status == 2 { runs.append(try fleet.run("reconcile", "--no-wait")) }
        #expect(runs.last?.status == 0, "\(runs)")
        #expect(try fleet.eventCount("operation-failed") == 0)
        #expect(try changed(fleet, of: 2) == [true, true])
    }

    @Test func aLostCanaryIsNoTrial() throws {
        let fleet = try baking()
        // The canary's table is changed by hand before its turn: nothing of its wave is changed.
        let reader = try fleet.server.connect(database: fleet.database(0))
        let lock = try reader.query("SELECT GET_LOCK('plumb:\(fleet.database(0))', 10)")
        #expect(lock.first?[0] == "1")
        _ = try fleet.run("reconcile", "--no-wait")
        #expect(try changed(fleet) == [false, false, false, false])
        reader.close()
        try fleet.sql(0, "ALTER TABLE orders ADD COLUMN by_hand int")
        _ = try fleet.run("reconcile", "--no-wait")
        // Another one is the canary now, and the rest waits for its bake.
        #expect(try changed(fleet).count { $0 } == 1)
    }

    @Test func statusNamesEveryOpenRollout() throws {
        let fleet = try baking()
        try fleet.expect(2, "reconcile", "--no-wait")
        let old = try #require(try rollout(fleet)["rollout"] as? String)
        try fleet.change("items.sql", "CREATE TABLE items (id int PRIMARY KEY);")
        try fleet.expect(2, "reconcile", "--no-wait")
        let new = try #require(try rollout(fleet)["rollout"] as? String)
        #expect(new != old)
        #expect(try fleet.expect(2, "status").says(old, new))
        let json = try fleet.expect(2, "status", "--output", "json").json
        let others = try #require(json["others"] as? [[String: Any]])
        #expect(others.compactMap { $0["rollout"] as? String } == [old])
    }

    @Test func whoGoesOnWithItIsSaid() throws {
        let fleet = try baking()
        try fleet.expect(2, "reconcile", "--no-wait")
        #expect(try fleet.run("status").says("with the next `plumb reconcile` from then on"))
        let daemon = try fleet.start("daemon", "--interval", "1s")
        try daemon.reaches("a status that names it") {
            try fleet.run("status").says("with the daemon's next pass from then on")
        }
        daemon.send(SIGTERM)
        _ = try daemon.wait()
        #expect(try fleet.run("status").says("with the next `plumb reconcile` from then on"))
    }
}
