import Basics
import Diff
import Execution
import Ledger
@testable import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("attack: what the gate let pass does not begin when its approval is gone meanwhile")
struct JournalRefusalTests {
    private let step = sampleStep(
        shards: ["s0"], hazard: .irreversible, cause: PlanCause(kind: .git, authors: ["bob"]))

    /// A ledger with one approval, and the operation that it let pass.
    private func begun(
        until seconds: Int64, _ change: (inout ApprovalRecord) -> Void = { _ in }
    ) throws -> (journal: LedgerJournal, store: LedgerStore, record: PendingRecord, TemporaryFolder)
    {
        let folder = try TemporaryFolder()
        let clock = SimulatedClock()
        let store = LedgerStore(
            ledger: try Ledger.open(path: folder.path + "/ledger.git"), environment: "production",
            actor: LedgerActor(name: "Ada", email: "ada@example.com"), clock: clock)
        var approval = try sampleApproval(step)
        change(&approval)
        let digest = approval.digest
        let key = OperationKey(
            shard: ShardID(namespace: step.namespace, shard: "s0"), object: step.object)
        try store.transact(LedgerEvent("test", subject: "Prepare")) {
            draft throws(LedgerError) in
            try draft.setDecisions(approval)
            try draft.setOperation(
                OperationRecord(key: key, from: step.from, to: step.to, approval: digest),
                of: "r1")
            return .commit
        }
        var record = PendingRecord(
            rollout: "r1", key: key, step: step, approval: digest, startedAt: clock.now.iso,
            actor: "Ada")
        record.approvedUntil = clock.now.adding(seconds: seconds).iso
        record.revision = "3f2a91c"
        return (LedgerJournal(store: store), store, record, folder)
    }

    @Test("one that holds lets it begin, and is used up with the outcome; the revision is kept")
    func holds() throws {
        let (journal, store, record, folder) = try begun(until: 60)
        defer { withExtendedLifetime(folder) {} }
        #expect(try journal.refusal(of: record) == nil)
        #expect(try journal.begin(record) == nil)
        try journal.finish(record, OperationOutcome(kind: .completed(ran: true), attempts: 0))
        let digest = try #require(record.approval)
        let snapshot = try #require(try store.snapshot())
        let approval = try snapshot.approval(digest)
        #expect(approval?.uses?.map(\.operation) == ["r1/\(record.key)"])
        let shard = try snapshot.shard(record.key.shardID)
        #expect(shard?.lastRevision == "3f2a91c")
        #expect(try journal.refusal(of: record)?.contains("used up meanwhile") == true)
    }

    @Test("a statement that ran before the operation failed used it up; none that ran did not")
    func failed() throws {
        for ran in [true, false] {
            let (journal, store, record, folder) = try begun(until: 60)
            defer { withExtendedLifetime(folder) {} }
            #expect(try journal.begin(record) == nil)
            var outcome = OperationOutcome(kind: .failed, message: "no", attempts: 1)
            outcome.ranStatement = ran
            try journal.finish(record, outcome)
            let digest = try #require(record.approval)
            let approval = try store.snapshot()?.approval(digest)
            #expect((approval?.uses != nil) == ran)
        }
    }

    @Test("one that is refused again for the same reason is not told again; for another one it is")
    func refusedAgain() throws {
        let (journal, store, record, folder) = try begun(until: 60)
        defer { withExtendedLifetime(folder) {} }
        for reason in ["it expired", "it expired", "it was denied"] {
            try journal.finish(
                record, OperationOutcome(kind: .notRun, message: reason, attempts: 0))
        }
        let snapshot = try #require(try store.snapshot())
        #expect(
            try snapshot.history(limit: 9).map(\.event.kind)
                == ["operation-not-run", "operation-not-run", "test"])
        // Where it had begun, that it did not run after all is something new each time.
        for _ in 0..<2 {
            #expect(try journal.begin(record) == nil)
            try journal.finish(
                record, OperationOutcome(kind: .notRun, message: "it was denied", attempts: 0))
        }
        let after = try #require(try store.snapshot())
        #expect(try after.history(limit: 9).count == 7)
        #expect(try after.pendingList().records.isEmpty)
    }

    @Test("an operation begins and ends once, whoever says so a second time")
    func once() throws {
        let (journal, store, record, folder) = try begun(until: 60)
        defer { withExtendedLifetime(folder) {} }
        for _ in 0..<2 { _ = try journal.begin(record) }
        let outcome = OperationOutcome(kind: .completed(ran: true), attempts: 0)
        for _ in 0..<2 { try journal.finish(record, outcome) }
        let snapshot = try #require(try store.snapshot())
        #expect(
            try snapshot.history(limit: 9).map(\.event.kind)
                == ["operation-completed", "operation-started", "test"])
        let digest = try #require(record.approval)
        let approval = try snapshot.approval(digest)
        #expect(approval?.uses?.count == 1)
    }

    @Test(
        "what is suspended while the rollout runs does not begin, until that is over",
        arguments: ["s0", nil])
    func suspended(shard: String?) throws {
        let (journal, store, record, folder) = try begun(until: 60)
        defer { withExtendedLifetime(folder) {} }
        let suspensions = Suspensions(store: store)
        let name = record.key.namespace
        _ = try suspensions.suspend("other", nil, reason: "not ours", seconds: nil)
        _ = try suspensions.suspend(name, "s1", reason: "not ours", seconds: nil)
        let made = try suspensions.suspend(name, shard, reason: "a dump", seconds: 10)
        #expect(try journal.begin(record) == .shard(reason: made.words))
        #expect(try LedgerQueries.pending(in: #require(try store.snapshot())).isEmpty)
        let clock = SimulatedClock()
        _ = clock.wait(seconds: 10, unless: Interrupt())
        let later = LedgerStore(
            ledger: store.ledger, environment: store.environment, actor: store.actor, clock: clock)
        #expect(try LedgerJournal(store: later).begin(record) == nil)
    }

    @Test("what paused between two attempts is asked again, whatever was decided meanwhile")
    func heldBetweenAttempts() throws {
        let (journal, store, record, folder) = try begun(until: 60)
        defer { withExtendedLifetime(folder) {} }
        try store.transact(LedgerEvent("test", subject: "Open it")) { draft throws(LedgerError) in
            try draft.setMark(RolloutMark(), of: "r1")
            return .commit
        }
        #expect(try journal.begin(record) == nil)
        #expect(try journal.hold(of: record) == nil)
        let made = try Suspensions(store: store).suspend(
            record.key.namespace, nil, reason: "a dump", seconds: 10)
        #expect(try journal.hold(of: record) == .shard(reason: made.words))
        let stop = RolloutMark.Stop(actor: "bob", reason: "look", at: "now", rollback: "b1")
        try store.transact(LedgerEvent("test", subject: "Stop it")) { draft throws(LedgerError) in
            try draft.setMark(RolloutMark(stop: stop), of: "r1")
            return .commit
        }
        guard case .rollout(let standstill) = try journal.hold(of: record) else {
            Issue.record("it goes on")
            return
        }
        #expect(standstill.words.hasPrefix("rolled back by bob"))
    }

    @Test("an operation that has ended, since its rollout was taken back, does not begin")
    func takenBack() throws {
        let (journal, store, record, folder) = try begun(until: 60)
        defer { withExtendedLifetime(folder) {} }
        try store.transact(LedgerEvent("test", subject: "End it")) { draft throws(LedgerError) in
            var operation = try draft.operation("r1", record.key)
            operation?.state = .superseded
            operation?.message = "rolled back by Bob"
            if let operation { try draft.setOperation(operation, of: "r1") }
            return .commit
        }
        let ended = RolloutMark.Standstill(state: .stopped, words: "rolled back by Bob")
        #expect(try journal.begin(record) == .rollout(ended))
        let snapshot = try #require(try store.snapshot())
        #expect(try LedgerQueries.pending(in: snapshot).isEmpty)
        #expect(try snapshot.operation("r1", record.key)?.state == .superseded)
    }

    @Test("an operation that is said to run has its pending record before it runs again")
    func recordedAnew() throws {
        let (journal, store, record, folder) = try begun(until: 60)
        defer { withExtendedLifetime(folder) {} }
        #expect(try journal.begin(record) == nil)
        try store.transact(LedgerEvent("test", subject: "Lose it")) { draft throws(LedgerError) in
            try draft.remove(RecordPath.pending(record.key))
            return .commit
        }
        #expect(try journal.begin(record) == nil)
        let snapshot = try #require(try store.snapshot())
        #expect(try LedgerQueries.pending(in: snapshot) == [record])
    }

    @Test("what ran of a step is recorded, and what the table refused, until it is done")
    func part() throws {
        let (journal, store, record, folder) = try begun(until: 60)
        defer { withExtendedLifetime(folder) {} }
        #expect(try journal.begin(record) == nil)
        var outcome = OperationOutcome(kind: .failed, message: "no", attempts: 1)
        outcome.ranStatement = true
        outcome.progress = .init(count: 1, total: 2, digest: digest("middle"))
        outcome.refused = .init(
            from: digest("middle"), statement: "ALTER", reason: "error 1118")
        try journal.finish(record, outcome)
        let snapshot = try #require(try store.snapshot())
        let shard = try snapshot.shard(record.key.shardID)
        #expect(shard?.tables == [step.object.encoded: digest("middle")])
        #expect(shard?.lastRevision == "3f2a91c")
        let refusals = try LedgerQueries.refusals(in: snapshot)
        func groups(_ from: String) -> [Refusals.Group] {
            refusals.groups(
                ["s0", "s1"], namespace: step.namespace, object: step.object, from: digest(from))
        }
        #expect(groups("middle").map(\.shards) == [["s1"], ["s0"]])
        #expect(groups("middle").map(\.refused.count) == [0, 1])
        #expect(groups("a") == [.init(shards: ["s0", "s1"], refused: [])])
        // A next operation that is completed forgets it.
        var next = record
        next.rollout = "r2"
        try store.transact(LedgerEvent("test", subject: "Next")) { draft throws(LedgerError) in
            try draft.setOperation(
                OperationRecord(key: record.key, from: step.from, to: step.to), of: "r2")
            return .commit
        }
        #expect(try journal.begin(next) == nil)
        try journal.finish(next, OperationOutcome(kind: .completed(ran: true), attempts: 0))
        let later = try #require(try store.snapshot())
        #expect(try later.read(RecordPath.refusal(record.key)) == nil)
    }

    @Test("one that ran out while the rollout baked does not")
    func expired() throws {
        let (journal, _, record, folder) = try begun(until: 0)
        defer { withExtendedLifetime(folder) {} }
        let label = "approval \(try #require(record.approval).short)"
        let until = try #require(record.approvedUntil)
        #expect(
            try journal.refusal(of: record) == "\(label) expired \(until) before it could begin")
        var endless = record
        endless.approvedUntil = nil
        #expect(
            try journal.refusal(of: endless)
                == "it is not known until when \(label) is valid")
    }

    @Test("one that was denied meanwhile does not")
    func denied() throws {
        let (journal, _, record, folder) = try begun(until: 60) { $0.decision = .deny }
        defer { withExtendedLifetime(folder) {} }
        #expect(try journal.refusal(of: record)?.contains("denied meanwhile") == true)
    }

    @Test("the worker leaves such an operation for the next run, and the rest of its shard")
    func worker() throws {
        let journal = SimulatedJournal()
        journal.state.withLock { $0.refusal = "approval expired" }
        let shard = ShardID(namespace: "commerce", shard: "s0")
        let records = ["orders", "items"].map { table in
            PendingRecord(
                rollout: "r1", key: OperationKey(shard: shard, object: ObjectName(.table, table)),
                step: sampleStep(table: table, shards: ["s0"]), approval: nil,
                startedAt: "2026-11-21T12:00:00Z", actor: "Ada")
        }
        let fleet = SimulatedFleet(
            Dictionary(uniqueKeysWithValues: records.map { ($0.key, digest("a")) }))
        let worker = ShardWorker(
            opener: fleet, journal: journal, clock: SimulatedClock(),
            control: RolloutControl(rule: FailureRule(.continue), interrupt: Interrupt()),
            places: StatementPlaces(total: 1, perServer: 1), faults: .none,
            listener: .silent)
        let report = try worker.run(
            .init(shard: shard, server: .tcp(host: "db", port: 3306), records: records))
        #expect(report.outcomes.map(\.key.object) == ["orders"])
        #expect(report.outcomes.values.first?.kind == .notRun)
        #expect(journal.state.withLock { $0.pending }.isEmpty)
        #expect(fleet.state.withLock { $0.executed }.isEmpty)
    }
}
