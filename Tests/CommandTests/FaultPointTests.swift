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

    /// Whether it is killed at each effect, as `make kill-sweep` wants, and not only at some.
    private static let isWhole =
        ProcessInfo.processInfo.environment["PLUMB_KILL_SWEEP"] != nil

    /// How many rounds there are where it is killed at some effects, and about how many effects a
    /// round has.
    private static let (rounds, effects) = (8, 15)

    @Test func killedAtAnyEffectTheNextRunGoesOn() throws {
        let fleet = try story()
        var (round, kills) = (0, 0)
        // Each round changes every shard, and is killed some effects later than the one before.
        while true {
            round += 1
            let place = Self.isWhole ? round : 1 + (round - 1) * Self.effects / (Self.rounds - 1)
            try fleet.change("a.sql", Self.table("a", round))
            fleet.setEnvironment("PLUMB_FAULT", "effect:\(place):kill")
            let killed = try fleet.start("reconcile").wait()
            fleet.setEnvironment("PLUMB_FAULT", "")
            let isKilled = killed.status == 128 + SIGKILL
            if isKilled { kills += 1 } else { #expect(killed.status == 0, "\(killed)") }
            try fleet.expect(0, "reconcile")
            for shard in 0..<Self.shardCount {
                #expect(
                    try fleet.table("a", on: shard)?.contains("`k\(round - 1)`") == true,
                    "killed at effect \(place)")
            }
            // Behind the last effect nothing is left to be killed at.
            guard Self.isWhole ? isKilled : round < Self.rounds else { break }
        }
        #expect(kills >= round - 1)
        let statements = try statements(fleet)
        #expect(statements.count >= round * Self.shardCount)
        #expect(statements.filter { $0.value != 1 } == [:])
        let completed = try fleet.eventCount("operation-completed")
        #expect(completed == (round + 1) * Self.shardCount)
        try fleet.expect(0, "drift")
        try fleet.expect(0, "store", "verify")
        if Self.isWhole {
            print(
                "killed at each of \(kills) effects: \(statements.count) statements, each sent once; "
                    + "\(completed) operations completed, each told once; the ledger is sound")
        }
    }

    @Test func whatCannotBeAskedForIsSaid() throws {
        let fleet = try FleetFixture(shards: 1, schema: ["a.sql": Self.table("a", 0)])
        for text in ["somewhere:kill", "effect", "effect:0:kill", "effect:1:explode"] {
            fleet.setEnvironment("PLUMB_FAULT", text)
            #expect(try fleet.expect(78, "plan").says("beforeLedgerWrite", "effect"))
        }
    }
}
