import Execution
import Foundation
import TestSupport
import Testing

/// The real program on a real server, killed at durable effects of a story: each commit of the
/// ledger and each statement is one.
@Suite struct FaultPointTests {
    private static let shardCount = 4

    /// A table in its `step`th version, without its index before the second of two statements.
    private static func table(_ name: String, _ step: Int) -> String {
        let columns = (0..<step).map { "  c\($0) int,\n" }.joined()
        let keys = (0..<step).map { ",\n  KEY k\($0) (c\($0))" }.joined()
        return "CREATE TABLE \(name) (\n\(columns)  id bigint NOT NULL PRIMARY KEY\(keys)\n);\n"
    }

    private func story() throws -> FleetFixture {
        let server = try MariaDBServer.start(options: ["--log-bin=binlog", "--server-id=1"])
        let fleet = try FleetFixture(
            on: server, shards: Self.shardCount, schema: ["a.sql": Self.table("a", 0)])
        fleet.file.policy = [
            "rollout:", "  waves: [{shards: 1}, {percent: 100}]",
            "  concurrency: {total: 1, per_host: 1}",
        ]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        return fleet
    }

    /// Every statement that the server carried out on shards, with how often.
    private func statements(_ fleet: FleetFixture) throws -> [String: Int] {
        let connection = try fleet.server.connect()
        var counts: [String: Int] = [:]
        for log in try connection.query("SHOW BINARY LOGS").compactMap({ $0[0] }) {
            for row in try connection.query("SHOW BINLOG EVENTS IN \(SQL.literal(log))") {
                guard let info = row[5],
                    let found = info.firstMatch(of: /use `(test_[^`]*)`; (ALTER TABLE .*)/)
                else { continue }
                counts["\(found.1) \(found.2)", default: 0] += 1
            }
        }
        return counts
    }

    @Test func killedAtAnyEffectTheNextRunGoesOn() throws {
        let fleet = try story()
        var kills = 0
        // Each round changes every shard; there are about 15 effects in one, and each round is
        // killed some effects later than the one before.
        let rounds = Rounds.seeds(8).count
        for round in 1...rounds {
            try fleet.change("a.sql", Self.table("a", round))
            let place = 1 + (round - 1) * 15 / max(1, rounds - 1)
            fleet.setEnvironment("PLUMB_FAULT", "effect:\(place):kill")
            let killed = try fleet.start("reconcile").wait()
            fleet.setEnvironment("PLUMB_FAULT", "")
            if killed.status == 128 + SIGKILL { kills += 1 }
            try fleet.expect(0, "reconcile")
            for shard in 0..<Self.shardCount {
                #expect(try fleet.table("a", on: shard)?.contains("`k\(round - 1)`") == true)
            }
        }
        #expect(kills >= rounds - 1)
        let statements = try statements(fleet)
        #expect(statements.count >= rounds * Self.shardCount)
        #expect(statements.filter { $0.value != 1 } == [:])
        #expect(try fleet.eventCount("operation-completed") == (rounds + 1) * Self.shardCount)
        try fleet.expect(0, "drift")
        try fleet.expect(0, "store", "verify")
    }

    @Test func whatCannotBeAskedForIsSaid() throws {
        let fleet = try FleetFixture(shards: 1, schema: ["a.sql": Self.table("a", 0)])
        for text in ["somewhere:kill", "effect", "effect:0:kill", "effect:1:explode"] {
            fleet.setEnvironment("PLUMB_FAULT", text)
            #expect(try fleet.expect(78, "plan").says("beforeLedgerWrite", "effect"))
        }
    }
}
