import Diff
import Execution
import Model
import Schema
import Testing

@testable import Reconciler

@Suite("What several operations of one shard left")
struct RecoveryTests {
    /// A fleet that counts how often each shard is opened.
    private struct CountingOpener: ShardOpener {
        let fleet: SimulatedFleet
        let opened = Lock<[ShardID: Int]>([:])

        func withShard<Result>(
            _ shard: ShardID, _ body: (any ShardPort) throws(ShardFailure) -> Result
        ) throws(ShardFailure) -> Result {
            opened.withLock { $0[shard, default: 0] += 1 }
            return try fleet.withShard(shard, body)
        }
    }

    private func record(_ shard: String, _ table: String) -> PendingRecord {
        PendingRecord(
            rollout: "r1",
            key: OperationKey(
                shard: ShardID(namespace: "commerce", shard: shard),
                object: ObjectName(.table, table)),
            step: sampleStep(table: table, shards: [shard]), approval: nil,
            startedAt: "2026-11-21T10:00:00Z", actor: "ada")
    }

    @Test("a shard is opened once, and each of its operations is settled by its own table")
    func oncePerShard() throws {
        let records = ["s1", "s0", "s2"].flatMap { shard in
            ["c", "a", "b", "gone"].map { record(shard, $0) }
        }
        let live = ["a": digest("a"), "b": digest("b"), "c": digest("z")]
        let fleet = SimulatedFleet(
            Dictionary(
                uniqueKeysWithValues: records.map { ($0.key, live[$0.key.object.name]) }))
        let down = ShardID(namespace: "commerce", shard: "s2")
        fleet.state.withLock {
            $0.unreachable = [down]
            $0.failingReads = [true]
        }
        let opener = CountingOpener(fleet: fleet)
        let journal = SimulatedJournal()
        for record in records { _ = try journal.begin(record) }
        let found = try Recovery(opener: opener, journal: journal).settle(records)
        #expect(opener.opened.withLock { $0.values.map { $0 } } == [1, 1, 1])
        #expect(found.map(\.key) == records.map(\.key).sorted())
        // One table that cannot be read keeps its own record, and no other's.
        #expect(
            found.map(\.finding) == [
                .unknown, .completed, .superseded, .superseded,
                .notRun, .completed, .superseded, .superseded,
                .unknown, .unknown, .unknown, .unknown,
            ])
        #expect(journal.state.withLock { $0.pending.count } == 5)
    }

    @Test("after a shard that could not be opened nobody waits as long for the others")
    func hasty() throws {
        let records = ["s0", "s1", "s2"].map { record($0, "a") }
        let fleet = SimulatedFleet(
            Dictionary(uniqueKeysWithValues: records.map { ($0.key, digest("b")) }))
        fleet.state.withLock { $0.unreachable = [records[1].key.shardID] }
        let (patient, hasty) = (CountingOpener(fleet: fleet), CountingOpener(fleet: fleet))
        let journal = SimulatedJournal()
        for record in records { _ = try journal.begin(record) }
        let found = try Recovery(opener: patient, hasty: hasty, journal: journal).settle(records)
        #expect(found.map(\.finding) == [.completed, .unknown, .completed])
        #expect(patient.opened.withLock { Set($0.keys.map(\.shard)) } == ["s0", "s1"])
        #expect(hasty.opened.withLock { Set($0.keys.map(\.shard)) } == ["s2"])
    }
}
