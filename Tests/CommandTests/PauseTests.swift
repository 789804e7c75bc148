import Foundation
import TestSupport
import Testing

/// What pauses a rollout, and that it goes on only when somebody releases it.
@Suite("A rollout pauses where policy says so, until it is released") struct PauseTests {
    private static let note = "CREATE TABLE notes (id int PRIMARY KEY);"

    private func made(_ fleet: FleetFixture) throws -> [Bool] {
        try (0..<4).map { try fleet.table("notes", on: $0) != nil }
    }

    private func fleet(_ rollout: [String]) throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 4)
        try fleet.expect(0, "reconcile")
        for shard in 0..<4 {
            try fleet.sql(shard, "CREATE TABLE IF NOT EXISTS `errors` (n int)")
        }
        fleet.file.policy =
            ["approve: [irreversible]", "rollout:"] + rollout.map { "  " + $0 }
        try fleet.commit()
        return fleet
    }

    private func status(_ fleet: FleetFixture) throws -> [String: Any] {
        try fleet.run("status", "--output", "json").json
    }

    @Test func aFailurePausesAndWhatFailedIsTriedAgainAfterTheRelease() throws {
        let fleet = try fleet([
            "on_failure: pause", "waves: [{shards: 1}, {shards: 2}, {percent: 100}]",
            "concurrency: {total: 1}",
        ])
        // Nobody asks the rows, so that the statement itself fails on the second shard.
        fleet.file.policy += ["probe: {enabled: false}"]
        try fleet.commit()
        try fleet.sql(1, "INSERT INTO orders (customer) VALUES (7), (7)")
        try fleet.change(
            "orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(100), UNIQUE KEY one (customer)"))
        func changed() throws -> [Bool] {
            try (0..<4).map { try fleet.table("orders", on: $0)?.contains("`one`") == true }
        }
        let run = try fleet.run("reconcile")
        #expect(run.says("paused at", "app/s1/orders", "plumb release"), "\(run)")
        #expect(try changed() == [true, false, false, false])
        let held = try status(fleet)
        let id = try #require(held["rollout"] as? String)
        #expect(held["state"] as? String == "paused")
        // Nothing of it begins, and what failed is in no other rollout.
        for _ in 0..<2 { #expect(try fleet.expect(3, "reconcile").says("plumb release \(id)")) }
        #expect(try changed() == [true, false, false, false])
        #expect(try status(fleet)["rollout"] as? String == id)
        #expect(try fleet.eventCount("operation-failed") == 1)
        #expect(try fleet.expect(78, "start", id, "--reason", "x").says("plumb release"))
        try fleet.sql(1, "DELETE FROM orders")
        try fleet.expect(0, "release", "--reason", "the rows were doubled by hand")
        // The rest of it, and what failed in a rollout of its own.
        _ = try fleet.run("reconcile")
        try fleet.expect(0, "reconcile")
        #expect(try changed() == [true, true, true, true])
        #expect(try fleet.eventCount("rollout-released") == 1)
        #expect(try fleet.expect(78, "release", "--reason", "x").says("no rollout is open"))
        try fleet.expect(0, "store", "verify")
    }

    @Test func afterTheReleaseTheCanaryComesFirst() throws {
        let fleet = try fleet(["on_failure: pause", "waves: [{shards: 1}, {percent: 100}]"])
        fleet.file.policy += ["probe: {enabled: false}"]
        try fleet.commit()
        try fleet.sql(0, "INSERT INTO orders (customer) VALUES (7), (7)")
        try fleet.change(
            "orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(100), UNIQUE KEY one (customer)"))
        for _ in 0..<2 { #expect(try fleet.run("reconcile").says("paused at")) }
        try fleet.expect(0, "release", "--reason", "try")
        // It fails again, and nothing else was tried.
        #expect(try fleet.run("reconcile").says("paused at"))
        for shard in 0..<4 {
            #expect(try fleet.table("orders", on: shard)?.contains("`one`") == false)
        }
        try fleet.sql(0, "DELETE FROM orders")
        try fleet.expect(0, "release", "--reason", "mended")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("orders", on: 3)?.contains("`one`") == true)
    }

    @Test(
        "under `continue` a rollout halts after so many failures, in one run or in several",
        arguments: [1, 2, nil])
    func failuresAreCounted(limit: Int?) throws {
        let fleet = try fleet(
            [
                "on_failure: continue", "waves: [{shards: 1}, {shards: 3}, {percent: 100}]",
                "concurrency: {total: 1}",
            ] + (limit.map { ["max_failures: \($0)"] } ?? []))
        fleet.file.policy += ["probe: {enabled: false}"]
        try fleet.commit()
        for shard in [0, 1] {
            try fleet.sql(shard, "INSERT INTO orders (customer) VALUES (7), (7)")
        }
        try fleet.change(
            "orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(100), UNIQUE KEY one (customer)"))
        let run = try fleet.expect(4, "reconcile")
        let counts = try #require(try status(fleet)["counts"] as? [String: Int])
        let expected: [String: Int] =
            switch limit {
            case 1: ["failed": 1, "cancelled": 3]
            case 2: ["failed": 2, "cancelled": 2]
            default: ["failed": 2, "completed": 2]
            }
        #expect(counts == expected, "\(run)")
    }

    @Test func aBadAnswerOfTheCanaryPausesBeforeTheNextWaveOpens() throws {
        let fleet = try fleet([
            "waves: [{shards: 1}, {percent: 100}]",
            "health: {query: \"SELECT COUNT(*) FROM errors\", expect: \"= 0\", each: 1s}",
        ])
        try fleet.sql(0, "INSERT INTO errors VALUES (1), (2)")
        // A shard that is not of the wave is not asked.
        try fleet.sql(3, "INSERT INTO errors VALUES (1)")
        try fleet.change("notes.sql", Self.note)
        let run = try fleet.expect(3, "reconcile")
        #expect(run.says("app/s0 says `2`", "expected = 0", "plumb release"), "\(run)")
        #expect(try made(fleet) == [true, false, false, false])
        #expect(try status(fleet)["state"] as? String == "paused")
        #expect(try fleet.eventCount("rollout-paused") == 1)
        try fleet.expect(3, "reconcile")
        let count = try fleet.events().count
        try fleet.expect(3, "reconcile")
        #expect(try fleet.events().count == count)
        // It is asked again after the release.
        let release = try fleet.expect(0, "release", "--reason", "try")
        #expect(release.says("asked again first", "pauses again at once"), "\(release)")
        try fleet.expect(3, "reconcile")
        #expect(try made(fleet) == [true, false, false, false])
        try fleet.sql(0, "DELETE FROM errors")
        try fleet.expect(0, "release", "--reason", "mended")
        try fleet.expect(0, "reconcile")
        #expect(try made(fleet) == [true, true, true, true])
    }

    @Test func aWaveIsAskedWhileItBakes() throws {
        let fleet = try fleet([
            "waves: [{shards: 1, bake: 1h}, {percent: 100}]",
            "health: {query: \"SELECT MAX(n) FROM errors\", expect: \"< 5\", each: 1s}",
        ])
        try fleet.sql(0, "INSERT INTO errors VALUES (1)")
        try fleet.change("notes.sql", Self.note)
        let running = try fleet.start("reconcile")
        #expect(try running.says("bak"))
        try fleet.sql(0, "INSERT INTO errors VALUES (7)")
        let run = try running.wait()
        #expect(run.status == 3 && run.says("app/s0 says `7`"), "\(run)")
        #expect(try made(fleet) == [true, false, false, false])
    }

    @Test func noAnswerIsABadOneWhenTheNextWaveOpens() throws {
        let fleet = try fleet([
            "waves: [{shards: 1}, {percent: 100}]",
            "health: {query: \"SELECT n FROM missing\", expect: \"= 0\"}",
        ])
        try fleet.change("notes.sql", Self.note)
        #expect(try fleet.expect(3, "reconcile").says("app/s0", "missing"))
        #expect(try made(fleet) == [true, false, false, false])
    }
}
