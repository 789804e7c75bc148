import Basics
import Diff
import Execution
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

/// Two processes, or a pass and the work of an earlier one, that write about the same operation.
@Suite("An operation that has ended meanwhile does not go on, and one that has begun does not end")
struct EndedMeanwhileTests {
    private let folder: TemporaryFolder
    private let store: LedgerStore
    private let record: PendingRecord
    private var journal: LedgerJournal { LedgerJournal(store: store) }

    init() throws {
        folder = try TemporaryFolder()
        store = LedgerStore(
            ledger: try Ledger.open(path: folder.path + "/ledger.git"), environment: "production",
            actor: LedgerActor(name: "Ada", email: "ada@example.com"), clock: SimulatedClock())
        let step = sampleStep(shards: ["s0"])
        let key = OperationKey(
            shard: ShardID(namespace: step.namespace, shard: "s0"), object: step.object)
        record = PendingRecord(
            rollout: "r1", key: key, step: step, approval: nil, startedAt: store.now.iso,
            actor: "Ada")
    }

    private func keep(
        _ state: OperationState, _ rollout: RolloutState = .running
    ) throws {
        var kept = RolloutRecord(
            id: "r1", plan: digest("plan"), policy: .halt, waves: [[record.key]],
            bakeSeconds: [0], startedAt: store.now.iso, actor: "Ada")
        kept.state = rollout
        var operation = OperationRecord(
            key: record.key, from: record.step.from, to: record.step.to)
        operation.state = state
        operation.message = "a newer plan leaves it as it is"
        try store.transact(LedgerEvent("test", subject: "Prepare")) {
            [kept, operation] draft throws(LedgerError) in
            try draft.setRollout(kept)
            try draft.setOperation(operation, of: "r1")
            return .commit
        }
    }

    private func events() throws -> [String] {
        try #require(try store.snapshot()).history(limit: 99).map(\.event.kind)
    }

    private let retry = OperationRetry(
        attempts: 1, since: SimulatedClock().now, next: SimulatedClock().now, message: "busy")

    @Test("one that a newer plan took away is refused alone, wherever it is on its way")
    func refused() throws {
        try keep(.superseded)
        let words = "a newer plan leaves it as it is"
        #expect(try journal.begin(record) == .operation(.superseded, reason: words))
        #expect(
            try journal.advance(record, to: .running, message: nil)
                == .operation(.superseded, reason: words))
        #expect(try journal.park(record, attempts: 0) == .operation(.superseded, reason: words))
        try journal.postpone(record, retry)
        // What a worker found out without a statement is not recorded, and it is told so.
        let found = OperationOutcome(kind: .completed(ran: false), attempts: 0)
        #expect(try journal.finish(record, found) == .operation(.superseded, reason: words))
        let same = OperationOutcome(kind: .superseded(found: nil), attempts: 0)
        #expect(try journal.finish(record, same) == nil)
        #expect(try events() == ["test"])
    }

    @Test("one whose rollout has ended lets nothing of that begin")
    func rolloutEnded() throws {
        try keep(.superseded, .superseded)
        let words = "a newer plan leaves it as it is"
        #expect(
            try journal.begin(record) == .rollout(.init(state: .stopped, words: words)))
        #expect(try events() == ["test"])
    }

    @Test("the outcome that the queue takes over is the recorded one, and nothing fails twice")
    func outcome() {
        for (state, kind) in [
            (OperationState.completed, OperationOutcome.Kind.completed(ran: false)),
            (.failed, .failed), (.cancelled, .cancelled), (.superseded, .superseded(found: nil)),
        ] {
            let outcome = OperationOutcome(ended: state, message: "why")
            #expect(outcome.kind == kind && outcome.state == state && outcome.message == "why")
            #expect(!outcome.changedTheShard)
        }
    }

    @Test("a plan that takes away what has begun since it looked leaves that as it is")
    func begun() throws {
        try keep(.pending)
        var change = OperationRecord(key: record.key, from: record.step.from, to: record.step.to)
        change.state = .superseded
        #expect(try journal.begin(record) == nil)
        var left: [OperationRecord] = []
        try store.transact(LedgerEvent("test", subject: "Merge")) {
            [change] draft throws(LedgerError) in
            left = try RolloutLedger.record([change], of: "r1", in: &draft)
            return .nothing
        }
        #expect(left.map(\.state) == [.running])
        try journal.finish(record, OperationOutcome(kind: .completed(ran: true), attempts: 0))
        #expect(try events() == ["operation-completed", "operation-started", "test"])
        // One that has not begun is taken away.
        try keep(.pending)
        try store.transact(LedgerEvent("test", subject: "Merge")) {
            [change] draft throws(LedgerError) in
            left = try RolloutLedger.record([change], of: "r1", in: &draft)
            return .commit
        }
        #expect(left.isEmpty)
        let operation = try store.snapshot()?.operation("r1", record.key)
        #expect(operation?.state == .superseded)
    }
}
