import Basics
import Foundation
import TestSupport
import Testing

/// What policy keeps from running, and in which order the rest runs.
@Suite struct PolicyTests {
    @Test func closedWindowBlocks() throws {
        let fleet = try FleetFixture()
        // Windows name days: yesterday's is closed now, and stays so for five days.
        fleet.file.policy = ["windows: [{allow: \"\(Self.yesterday) 09:00-09:01\", zone: UTC}]"]
        try fleet.commit()
        let blocked = try fleet.expect(3, "reconcile")
        #expect(blocked.says("opens"), "\(blocked)")
        #expect(try fleet.table("orders") == nil)
        fleet.file.policy = ["windows: [{allow: \"Mon-Sun 00:00-24:00\", zone: UTC}]"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
    }

    @Test func windowsSaysWhenChangesMayStart() throws {
        let fleet = try FleetFixture(shards: 1)
        #expect(try fleet.expect(0, "windows").says("at any time"))
        fleet.file.policy = ["windows: [{allow: \"Mon-Fri 09:00-16:00\", zone: Europe/Berlin}]"]
        try fleet.commit()
        try fleet.expect(0, "windows", "--at", "2026-11-20T10:00:00+01:00")
        let closed = try fleet.expect(3, "windows", "--at", "2026-11-20T17:00:00+01:00")
        #expect(closed.says("Mon-Fri 09:00-16:00", "closed", "2026-11-23T08:00:00Z"), "\(closed)")
        let json = try fleet.expect(
            3, "windows", "--at", "2026-11-21", "--output", "json"
        ).json
        #expect((json["rows"] as? [[String: Any]])?.first?["state"] as? String == "closed")
        #expect(try fleet.expect(64, "windows", "--at", "noon").says("no such time"))
    }

    static var yesterday: String {
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        return names[(Int(Timestamp(Date()).secondsSince1970 / 86_400) + 6) % 7]
    }

    @Test func onePlanDropsOnlySoManyTables() throws {
        let names = ["a", "b", "c"]
        let fleet = try FleetFixture(
            shards: 1,
            schema: Dictionary(
                uniqueKeysWithValues: (names + ["kept"]).map {
                    ("\($0).sql", "CREATE TABLE \($0) (id int PRIMARY KEY);")
                }))
        try fleet.expect(0, "reconcile")
        for name in names { try fleet.remove("schema/app/\(name).sql") }
        fleet.file.namespace = ["retire: [a, b, c]"]
        fleet.file.policy = ["limits: {drops_per_plan: 2}"]
        try fleet.commit()
        let refused = try fleet.expect(5, "reconcile")
        #expect(refused.says("drops_per_plan"), "\(refused)")
        // No approval helps.
        _ = try fleet.run("approve", "--all", "--reason", "x", by: "eve@example.com")
        try fleet.expect(5, "reconcile")
        for name in names { #expect(try fleet.table(name) != nil) }
    }

    @Test func laterEnvironmentWaitsForTheEarlierOne() throws {
        let fleet = try FleetFixture()
        // Both environments hold the same shards here: what counts is the gate between them.
        fleet.file.environments = [("staging", ""), ("production", "after: [staging]")]
        try fleet.commit()
        let blocked = try fleet.expect(3, "reconcile", "--environment", "production")
        #expect(blocked.says("staging"), "\(blocked)")
        #expect(try fleet.table("orders") == nil)
        try fleet.expect(0, "reconcile", "--environment", "staging")
        try fleet.expect(0, "reconcile", "--environment", "production")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(3, "reconcile", "--environment", "production")
        try fleet.expect(78, "reconcile")
    }

    @Test func canaryThatFailsStopsTheRest() throws {
        let fleet = try FleetFixture(shards: 4)
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1}, {percent: 100}]"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        // The canary's rows do not fit the new key; the other shards' would.
        for _ in 0..<2 { try fleet.sql(0, "INSERT INTO orders (customer) VALUES (7)") }
        fleet.file.policy.append("approve: [irreversible]")
        try fleet.change(
            "orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(100), UNIQUE KEY one (customer)"))
        let failed = try fleet.expect(4, "reconcile")
        #expect(failed.says("s0", "Duplicate"), "\(failed)")
        for shard in 0..<4 {
            #expect(try fleet.table("orders", on: shard)?.contains("UNIQUE") == false)
        }
        let status = try fleet.expect(4, "status", "--output", "json")
        #expect(try status.json["counts"] as? [String: Int] == ["failed": 1, "cancelled": 3])
        try fleet.sql(0, "DELETE FROM orders")
        try fleet.expect(0, "reconcile")
        #expect(try fleet.table("orders", on: 3)?.contains("UNIQUE") == true)
    }

    @Test func failureUnderContinueLeavesTheOthersDone() throws {
        let fleet = try FleetFixture(shards: 4)
        fleet.file.policy = ["approve: [irreversible]", "rollout: {on_failure: continue}"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        for _ in 0..<2 { try fleet.sql(1, "INSERT INTO orders (customer) VALUES (7)") }
        try fleet.change(
            "orders.sql",
            FleetFixture.orders.replacingOccurrences(
                of: "note varchar(100)", with: "note varchar(100), UNIQUE KEY one (customer)"))
        try fleet.expect(4, "reconcile")
        let done = try (0..<4).map { try fleet.table("orders", on: $0)?.contains("UNIQUE") }
        #expect(done == [true, false, true, true])
    }

    @Test func wavesGoCanaryFirst() throws {
        let fleet = try FleetFixture(shards: 5)
        fleet.file.policy = [
            "rollout:", "  waves: [{shards: 1, bake: 2s}, {percent: 50}, {percent: 100}]",
        ]
        try fleet.commit()
        let run = try fleet.expect(0, "reconcile")
        let started = run.stderr.split(separator: "\n").compactMap {
            $0.firstMatch(of: /wave (\d) of 3|bak/)?.0
        }
        #expect(started == ["wave 1 of 3", "bak", "wave 2 of 3", "wave 3 of 3"], "\(run)")
        let events = try fleet.events().reversed().compactMap { $0["subject"] as? String }
        let completed = events.filter { $0.hasPrefix("Complete") }
            .compactMap { $0.firstMatch(of: /app\/(s\d)\//)?.1 }
        #expect(completed.count == 5)
        #expect(completed.prefix(1) == ["s0"], "\(completed)")
        #expect(Set(completed.dropFirst().prefix(2)) == ["s1", "s2"], "\(completed)")
    }
}
