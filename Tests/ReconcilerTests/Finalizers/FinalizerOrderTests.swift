import Basics
import Execution
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("A finalizer of an older rollout does not run after that of a newer one")
struct FinalizerOrderTests {
    /// A ledger with two rollouts of a namespace, each with its finalizer.
    private func store(
        older: FinalizerState, newer: FinalizerState
    ) throws -> (LedgerStore, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let clock = SimulatedClock()
        let store = LedgerStore(
            ledger: try Ledger.open(path: folder.path + "/ledger.git"), environment: "production",
            actor: LedgerActor(name: "Ada", email: "ada@example.com"), clock: clock)
        try store.transact(LedgerEvent("test", subject: "Prepare")) {
            draft throws(LedgerError) in
            for (number, (id, state)) in [("r1", older), ("r2", newer)].enumerated() {
                let key = OperationKey(
                    shard: ShardID(namespace: "app", shard: "s0"),
                    object: ObjectName(.table, "orders"))
                var rollout = RolloutRecord(
                    id: id, plan: digest("plan"), policy: .halt, waves: [[key]], bakeSeconds: [0],
                    startedAt: clock.now.iso, actor: "ada")
                rollout.number = number + 1
                rollout.finalizers = ["app"]
                rollout.state = .running
                var operation = OperationRecord(key: key, from: nil, to: digest("b"))
                operation.state = .completed
                var finalizer = FinalizerRecord(
                    namespace: "app", command: ["/bin/publish"], isIdempotent: false,
                    limitSeconds: 60)
                finalizer.state = state
                try draft.setRollout(rollout)
                try draft.setOperation(operation, of: id)
                try draft.setFinalizer(finalizer, of: id)
            }
            return .commit
        }
        return (store, folder)
    }

    private func state(_ rollout: String, _ store: LedgerStore) throws -> FinalizerState? {
        try store.snapshot()?.read(
            FinalizerRecord.self, at: RecordPath.finalizer(rollout, "app"))?.state
    }

    @Test(
        "where the newer one has begun the older one is refused, by either way to ask for it",
        arguments: [
            FinalizerState.running, .failedRetryable, .unknown, .completed, .failed,
        ])
    func refused(newer: FinalizerState) throws {
        let (store, folder) = try store(older: .unknown, newer: newer)
        defer { withExtendedLifetime(folder) {} }
        let before = try store.snapshot()?.history(limit: 9).count
        for ask in [
            { try RetryRequests(store: store).retry("r1", reason: "x") },
            { try RetryRequests(store: store).retry(finalizerOf: "app", in: "r1", reason: "x") },
        ] {
            let error = #expect(throws: ConfigurationError.self) { _ = try ask() }
            #expect(error?.message.contains("rollout r2, which began later") == true)
        }
        #expect(try state("r1", store) == .unknown)
        #expect(try store.snapshot()?.history(limit: 9).count == before)
    }

    @Test(
        "where the newer one has not begun it waits, so the older one may run again",
        arguments: [FinalizerState.pending, .skipped], [false, true])
    func allowed(newer: FinalizerState, isNamed: Bool) throws {
        let (store, folder) = try store(older: .unknown, newer: newer)
        defer { withExtendedLifetime(folder) {} }
        let requests = RetryRequests(store: store)
        if isNamed {
            _ = try requests.retry(finalizerOf: "app", in: "r1", reason: "x")
        } else {
            _ = try requests.retry("r1", reason: "x")
        }
        #expect(try state("r1", store) == .pending)
    }

    @Test("the newest one is not held up by those before it")
    func newest() throws {
        let (store, folder) = try store(older: .completed, newer: .unknown)
        defer { withExtendedLifetime(folder) {} }
        #expect(try RetryRequests(store: store).retry("r2", reason: "x").finalizers == ["app"])
        #expect(try state("r2", store) == .pending)
    }

    @Test("one of which nobody knows whether it ran is skipped once somebody has looked")
    func skipped() throws {
        let (store, folder) = try store(older: .unknown, newer: .completed)
        defer { withExtendedLifetime(folder) {} }
        let unlock = Unlock(store: store)
        #expect(try unlock.unlock(rollout: "r1", reason: "it ran").skipped == ["app"])
        let record = try store.snapshot()?.read(
            FinalizerRecord.self, at: RecordPath.finalizer("r1", "app"))
        #expect(record?.state == .skipped && record?.command == ["/bin/publish"])
        #expect(throws: ConfigurationError.self) {
            _ = try unlock.unlock(rollout: "r2", reason: "x")
        }
    }
}
