import Execution
import Foundation
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

/// A process that stood still for so long that another one has taken its servers.
@Suite("Whoever lost its servers sends no further statement")
struct LostClaimTests {
    private let fleet: SimulatedFleet
    private let journal = SimulatedJournal()
    private let records: [PendingRecord]
    private let server = ServerAddress.tcp(host: "db", port: 3306)

    init() {
        records = (0..<3).map { number in
            PendingRecord(
                rollout: "r1",
                key: OperationKey(
                    shard: ShardID(namespace: "commerce", shard: "s\(number)"),
                    object: ObjectName(.table, "orders")),
                step: sampleStep(
                    shards: ["s\(number)"], to: "c",
                    statements: [
                        .init(sql: "orders", after: digest("b")),
                        .init(sql: "orders", after: digest("c")),
                    ]), approval: nil, startedAt: "2026-11-21T12:00:00Z", actor: "Ada")
        }
        fleet = SimulatedFleet(
            Dictionary(uniqueKeysWithValues: records.map { ($0.key, digest("a")) }))
    }

    private func run(_ faults: FaultPoints = .none) -> RolloutRunner.Result {
        RolloutRunner(
            opener: fleet, journal: journal, clock: SimulatedClock(),
            control: RolloutControl(rule: FailureRule(.halt), interrupt: Interrupt()), total: 1,
            perServer: 1, faults: faults
        ).run(
            records.map {
                RolloutRunner.ShardWork(shard: $0.key.shardID, server: server, records: [$0])
            })
    }

    @Test func beforeItsFirstStatement() {
        journal.state.withLock { $0.isLost = true }
        let result = run()
        #expect(fleet.state.withLock { $0.executed } == [])
        #expect(result.outcomes.isEmpty && result.journalFailure == nil)
        #expect(Set(result.obstacles.keys) == Set(records.map(\.key.shardID)))
    }

    /// Between two statements of one step: the second one is not sent, and what became of it is for
    /// whoever has the server now to find out.
    @Test func betweenTwoStatements() {
        let journal = journal
        let result = run(
            .calling { point throws(JournalFailure) in
                guard point == .afterStatement else { return }
                journal.state.withLock { $0.isLost = true }
            })
        #expect(fleet.state.withLock { $0.executed.count } == 1)
        #expect(result.outcomes.isEmpty)
        #expect(journal.state.withLock { $0.pending.count } == 3, "each is there to be settled")
    }

    /// A ledger that cannot be written at all ends the run; a server that is lost does not.
    @Test func theOtherServersGoOn() {
        let lost = records[0].key
        let counted = Lock(0)
        let journal = journal
        let result = run(
            .calling { point throws(JournalFailure) in
                guard point == .beforeStatement else { return }
                let number = counted.withLock { count in
                    count += 1
                    return count
                }
                journal.state.withLock { $0.isLost = number == 1 }
            })
        #expect(result.obstacles.keys.contains(lost.shardID))
        #expect(Set(result.outcomes.keys) == Set(records.dropFirst().map(\.key)))
    }
}
