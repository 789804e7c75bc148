import Diff
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("A pass reads what is open, and nothing that is over")
struct OpenRecordTests {
    private let step = sampleStep(shards: ["s0", "s1"], hazard: .irreversible)

    private func record(_ shard: String, rollout: String = "r1") throws -> PendingRecord {
        var own = step
        own.shards = [shard]
        return PendingRecord(
            rollout: rollout,
            key: OperationKey(
                shard: ShardID(namespace: step.namespace, shard: shard), object: step.object),
            step: own, approval: try sampleApproval(step).digest,
            startedAt: "2026-11-21T12:00:00Z", actor: "Ada")
    }

    private func rollout(_ id: String, _ state: RolloutState) throws -> RolloutRecord {
        var rollout = RolloutRecord(
            id: id, plan: digest("plan"), policy: .halt,
            waves: [[try record("s0").key, try record("s1").key]], bakeSeconds: [0],
            startedAt: "2026-11-21T12:00:00Z", actor: "Ada")
        rollout.state = state
        return rollout
    }

    /// A rollout of two operations, with an approval of both.
    private func fixture() throws -> StoreFixture {
        let fixture = try StoreFixture()
        let approval = try sampleApproval(step)
        let records = [try record("s0"), try record("s1")]
        let rollout = try rollout("r1", .running)
        try fixture.change { draft throws(LedgerError) in
            try draft.setDecisions(approval)
            try draft.setRollout(rollout)
            for record in records {
                try draft.setOperation(
                    OperationRecord(
                        key: record.key, from: record.step.from, to: record.step.to,
                        approval: record.approval), of: "r1")
            }
        }
        return fixture
    }

    @Test("an operation is running while its pending record is there, and then what it became")
    func running() throws {
        let fixture = try fixture()
        let journal = LedgerJournal(store: fixture.store)
        let one = try record("s0")
        func states() throws -> [OperationState] {
            try fixture.snapshot().openRollouts().flatMap { $0.operations.map(\.state) }
        }
        #expect(try states() == [.pending, .pending])
        #expect(try journal.begin(one) == nil)
        #expect(try states() == [.running, .pending])
        let found = try fixture.snapshot().operation("r1", one.key)
        #expect(found?.startedAt == one.startedAt)
        #expect(try fixture.snapshot().pending() == [one])
        #expect(
            try LedgerQueries(store: fixture.store).rollout("r1")?.counts == [
                "running": 1, "pending": 1,
            ])
        // Of another rollout it says nothing.
        let other = try record("s1", rollout: "r2")
        try fixture.change { draft throws(LedgerError) in
            try draft.setPending(other, PendingDocuments.step(of: other))
        }
        #expect(try states() == [.running, .pending])
        try journal.finish(one, OperationOutcome(kind: .notRun, attempts: 0))
        #expect(try states() == [.pending, .pending])
        #expect(try journal.begin(one) == nil)
        try journal.finish(one, OperationOutcome(kind: .completed(ran: true), attempts: 0))
        #expect(try states() == [.completed, .pending])
        #expect(try fixture.snapshot().pending() == [other])
    }

    @Test("a pending record whose step is gone is damage, and nothing is settled")
    func stepGone() throws {
        let fixture = try fixture()
        let one = try record("s0")
        #expect(try LedgerJournal(store: fixture.store).begin(one) == nil)
        try fixture.change { draft throws(LedgerError) in
            let digest = try PendingDocuments.step(of: one).digest
            try draft.remove(RecordPath.step("r1", digest))
        }
        let error = #expect(throws: LedgerError.self) { try fixture.snapshot().pending() }
        #expect(error?.code == .damaged)
        #expect(error?.fault.contains("commerce/s0/orders") == true)
    }

    @Test("rollouts that have ended are not looked at, even where they cannot be read")
    func ended() throws {
        let fixture = try fixture()
        let states: [(String, RolloutState)] = [
            ("r2", .completed), ("r3", .failed), ("r4", .superseded), ("r5", .halting),
        ]
        for (id, state) in states {
            let rollout = try rollout(id, state)
            try fixture.change { draft throws(LedgerError) in try draft.setRollout(rollout) }
        }
        try fixture.change { draft throws(LedgerError) in
            for id in ["r2", "r3", "r4"] { try draft.set(RecordPath.rollout(id), [0]) }
        }
        #expect(try fixture.snapshot().openRollouts().map(\.record.id) == ["r1", "r5"])
        for state in [RolloutState.completed, .running] {
            let rollout = try rollout("r1", state)
            try fixture.change { draft throws(LedgerError) in try draft.setRollout(rollout) }
            #expect(
                try fixture.snapshot().openRollouts().map(\.record.id)
                    == (state == .running ? ["r1", "r5"] : ["r5"]))
        }
    }

    @Test("approvals of other objects and those that are used up are not looked at")
    func approvals() throws {
        let fixture = try fixture()
        let journal = LedgerJournal(store: fixture.store)
        let own = try sampleApproval(step)
        let other = try sampleApproval(sampleStep(table: "items"))
        let denied = try sampleApproval(
            sampleStep(shards: ["s0"], to: "c", hazard: .irreversible), decision: .deny)
        try fixture.change { draft throws(LedgerError) in
            try draft.setDecisions(other)
            try draft.setDecisions(denied)
            // Whoever looks at it fails.
            try draft.set(RecordPath.decision(other.digest), [0])
        }
        func found(_ digests: [Digest] = []) throws -> Set<Digest> {
            Set(try fixture.snapshot().approvals(about: [step], and: digests).map(\.digest))
        }
        #expect(try found() == [own.digest, denied.digest])
        for (shard, left) in [("s0", [own.digest, denied.digest]), ("s1", [denied.digest])] {
            let record = try record(shard)
            #expect(try journal.begin(record) == nil)
            try journal.finish(
                record, OperationOutcome(kind: .completed(ran: true), attempts: 0))
            try fixture.change { draft throws(LedgerError) in
                try draft.settleApprovals([own.digest, denied.digest, digest("nowhere")])
            }
            #expect(try found() == Set(left))
        }
        // By its digest it is found all the same, with what used it, and a new decision opens it.
        #expect(try found([own.digest]) == [own.digest, denied.digest])
        let uses = try fixture.snapshot().approval(own.digest)?.uses
        #expect(uses?.map(\.operation) == ["r1/commerce/s0/orders", "r1/commerce/s1/orders"])
        var again = own
        again.approvers = [
            .init(name: "eve", reason: "r", given: "2026-11-22T10:00:00Z", source: "command")
        ]
        let next = again
        try fixture.change { draft throws(LedgerError) in try draft.setDecisions(next) }
        #expect(try found() == [own.digest, denied.digest])
        let record = try #require(try fixture.snapshot().approval(own.digest))
        #expect(record.approvers.map(\.name) == ["ada", "eve"])
        #expect(record.uses == uses)
        #expect(throws: LedgerError.self) {
            try fixture.snapshot().approvals(about: [], and: [other.digest])
        }
    }

    @Test("a decision given meanwhile is not lost, and a denial stays one")
    func meanwhile() throws {
        let fixture = try fixture()
        var file = try sampleApproval(step)
        file.approvers = [
            .init(name: "kim", reason: "r", given: "2026-11-21T11:00:00Z", source: "a.yaml")
        ]
        var denial = try sampleApproval(step)
        denial.decision = .deny
        let (late, denied) = (file, denial)
        try fixture.change { draft throws(LedgerError) in
            try draft.setDecisions(denied)
            try draft.setDecisions(late)
        }
        let record = try #require(try fixture.snapshot().approval(file.digest))
        #expect(record.decision == .deny)
        #expect(record.approvers.map(\.name) == ["ada", "kim"])
    }

    @Test("a decision without what it is about is damage, not an approval of nothing")
    func bindingGone() throws {
        let fixture = try fixture()
        let digest = try sampleApproval(step).digest
        try fixture.change { draft throws(LedgerError) in
            try draft.remove(RecordPath.binding(digest))
        }
        let error = #expect(throws: LedgerError.self) {
            try fixture.snapshot().approvals(about: [step], and: [])
        }
        #expect(error?.code == .damaged)
    }

    @Test("a mark whose name is no digest is damage, and no approval less")
    func strangeMark() throws {
        let fixture = try fixture()
        let folder = RecordPath.awaiting(step.namespace, step.object)
        try fixture.change { draft throws(LedgerError) in
            try draft.set(folder.appending("12"), ApprovalDocuments.mark)
        }
        let error = #expect(throws: LedgerError.self) {
            try fixture.snapshot().approvals(about: [step], and: [])
        }
        #expect(error?.code == .damaged)
    }

    @Test("operations that use an approval at the same time each leave their own use")
    func uses() throws {
        let fixture = try fixture()
        let digest = try sampleApproval(step).digest
        try fixture.change { draft throws(LedgerError) in
            for _ in 0..<2 {
                try draft.useApproval(
                    digest, on: "s0", by: "r1/commerce/s0/orders", at: sampleTime())
            }
            try draft.useApproval(digest, on: "s0", by: "r2/commerce/s0/orders", at: sampleTime())
            try draft.useApproval(digest, on: "s1", by: "r1/commerce/s1/orders", at: sampleTime())
        }
        let record = try #require(try fixture.snapshot().approval(digest))
        #expect(
            record.uses?.map(\.operation) == [
                "r1/commerce/s0/orders", "r1/commerce/s1/orders", "r2/commerce/s0/orders",
            ])
        #expect(record.approvers.allSatisfy { record.isUsedUp($0, on: "s0") })
    }
}
