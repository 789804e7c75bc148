import Basics
import Diff
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("What is over for long leaves the tree, and nothing that is still named")
struct RetentionTests {
    private static let day: Int64 = 86_400
    private static let names = ["a", "b", "c", "d", "e", "f"]

    private func plan(_ name: String) -> Plan {
        samplePlan([sampleStep(table: "plan_\(name)")])
    }

    private func approval(_ name: String) throws -> ApprovalRecord {
        try sampleApproval(sampleStep(table: name, shards: ["s0"], hazard: .irreversible))
    }

    private func key(_ name: String) -> OperationKey {
        OperationKey(
            shard: ShardID(namespace: "commerce", shard: "s0"), object: ObjectName(.table, name))
    }

    private func operation(_ name: String, approval: Digest?) -> OperationRecord {
        OperationRecord(
            key: key(name), state: .completed, from: digest("a"), to: digest("b"),
            approval: approval)
    }

    /// A rollout that ended some days after the beginning, with an operation that used an approval
    /// of the same name.
    private func write(
        _ name: String, in fixture: StoreFixture, at start: Timestamp, endsAfterDays days: Int64?,
        usesApproval: Bool = true
    ) throws {
        let plan = plan(name)
        let planDigest = try plan.digest()
        let approval = usesApproval ? try approval(name) : nil
        var rollout = RolloutRecord(
            id: "rollout-\(name)", plan: planDigest, policy: .halt, waves: [[key(name)]],
            bakeSeconds: [0], startedAt: start.iso, actor: "Ada")
        rollout.state = days == nil ? .running : .completed
        rollout.endedAt = days.map { start.adding(seconds: $0 * Self.day).iso }
        let record = rollout
        let operation = operation(name, approval: approval?.digest)
        try fixture.change { draft throws(LedgerError) in
            try draft.set(RecordPath.plan(planDigest), json: plan)
            try draft.setRollout(record)
            try draft.setOperation(operation, of: record.id)
            guard let approval else { return }
            try draft.setDecisions(approval)
            try draft.useApproval(
                approval.digest, on: "s0", by: "\(record.id)/\(operation.key)", at: start)
            try draft.settleApprovals([approval.digest])
        }
    }

    private func left(
        _ fixture: StoreFixture
    ) throws -> (plans: [String], rollouts: [String], approvals: [String]) {
        let snapshot = try fixture.snapshot()
        let plans = Set(try snapshot.names(below: RecordPath.plans, depth: 2))
        let approvals = Set(try snapshot.approvalNames())
        let all = Self.names + ["denied", "open"]
        return (
            try all.filter { plans.contains(try plan($0).digest().hex) },
            try snapshot.rolloutIDs().map { String($0.dropFirst("rollout-".count)) },
            try all.filter { approvals.contains(try approval($0).digest.hex) }
        )
    }

    @Test("what ended before goes; what is open, pending, latest or younger stays, and is sound")
    func retires() throws {
        let fixture = try StoreFixture()
        let start = fixture.clock.now
        for (name, days) in [("a", 1), ("b", 30), ("c", nil), ("d", 1), ("e", 2)]
            as [(String, Int64?)]
        {
            try write(name, in: fixture, at: start, endsAfterDays: days)
        }
        try write("f", in: fixture, at: start, endsAfterDays: 3, usesApproval: false)
        var pending = PendingRecord(
            rollout: "rollout-d", key: key("d"), step: sampleStep(table: "d", shards: ["s0"]),
            approval: nil, startedAt: start.iso, actor: "Ada")
        pending.revision = "abc"
        var denial = try approval("denied")
        denial.decision = .deny
        let (begun, denied) = (pending, denial)
        try fixture.change { draft throws(LedgerError) in
            try draft.setPending(begun, PendingDocuments.step(of: begun))
            try draft.setDecisions(denied)
            var environment = EnvironmentRecord()
            environment.latestRollout = "rollout-e"
            try draft.set(RecordPath.environment, json: environment)
        }
        let limit = start.adding(seconds: 20 * Self.day)
        let counts = try fixture.store.retire(before: limit, lifetimeSeconds: 7 * Self.day)
        #expect(counts == Retention.Counts(plans: 2, rollouts: 2, approvals: 1))
        let left = try left(fixture)
        #expect(left.plans == ["b", "c", "d", "e"])
        #expect(left.rollouts == ["b", "c", "d", "e"])
        #expect(left.approvals == ["b", "c", "d", "e", "denied"])
        let event = try fixture.snapshot().history(limit: 1).first?.event
        #expect(event?.kind == "retired")
        #expect(
            event?.subject == "Retire 2 plans, 2 rollouts and 1 approval older than \(limit.iso)")
        #expect(try ApprovalGaps(snapshot: fixture.snapshot()).all() == [])
        #expect(try fixture.snapshot().pending() == [pending])
        // Once more there is nothing, and no commit.
        let commit = try fixture.snapshot().commit
        #expect(try fixture.store.retire(before: limit, lifetimeSeconds: 7 * Self.day).isEmpty)
        #expect(try fixture.snapshot().commit == commit)
        #expect(try fixture.ledger.verify().isSound)
    }

    @Test("one rollout that cannot be read stays, with what it may name, and the others go")
    func unread() throws {
        let fixture = try StoreFixture()
        let start = fixture.clock.now
        try write("a", in: fixture, at: start, endsAfterDays: 1)
        try write("f", in: fixture, at: start, endsAfterDays: 1, usesApproval: false)
        try write("c", in: fixture, at: start, endsAfterDays: 1, usesApproval: false)
        let limit = start.adding(seconds: 20 * Self.day)
        let damages = [
            RecordPath.rollout("rollout-a"), RecordPath.operation("rollout-c", key("c")),
        ]
        try fixture.change { draft throws(LedgerError) in
            for path in damages { try draft.set(path, Array("{\"version\":".utf8)) }
        }
        let counts = try fixture.store.retire(before: limit, lifetimeSeconds: 7 * Self.day)
        #expect(counts.unread == ["rollout-a", "rollout-c"])
        #expect((counts.rollouts, counts.plans, counts.approvals) == (1, 0, 0))
        let left = try left(fixture)
        #expect(left.rollouts == ["a", "c"])
        #expect(left.plans == ["a", "c", "f"])
        #expect(left.approvals == ["a"])
    }

    @Test("an approval and the rollouts that used it go together, or stay together")
    func together() throws {
        let fixture = try StoreFixture()
        let start = fixture.clock.now
        try write("a", in: fixture, at: start, endsAfterDays: 1)
        try write("b", in: fixture, at: start, endsAfterDays: 1)
        // A later rollout, which stays, used the approval of the first again.
        let approval = try approval("a").digest
        let late = operation("b", approval: approval)
        try write("c", in: fixture, at: start, endsAfterDays: 100)
        try fixture.change { draft throws(LedgerError) in
            try draft.setOperation(late, of: "rollout-c")
        }
        let limit = start.adding(seconds: 20 * Self.day)
        _ = try fixture.store.retire(before: limit, lifetimeSeconds: 7 * Self.day)
        let left = try left(fixture)
        #expect(left.rollouts == ["a", "c"])
        #expect(left.approvals == ["a", "c"])
        #expect(left.plans == ["a", "c"])
    }

    @Test("an approval that could still count stays, and one that is only open goes when it cannot")
    func approvals() throws {
        let fixture = try StoreFixture()
        // Two hours after the sample was given.
        let start = sampleTime()
        let open = try approval("open")
        try fixture.change { draft throws(LedgerError) in try draft.setDecisions(open) }
        for (days, stays) in [(6, true), (8, false)] as [(Int64, Bool)] {
            let limit = start.adding(seconds: days * Self.day)
            _ = try fixture.store.retire(before: limit, lifetimeSeconds: 7 * Self.day)
            #expect(try left(fixture).approvals == (stays ? ["open"] : []))
            let step = sampleStep(table: "open", shards: ["s0"], hazard: .irreversible)
            #expect(
                try fixture.snapshot().approvals(about: [step], and: []).isEmpty == !stays)
        }
    }

    @Test("a plan is as old as the history says, and one of which it says nothing stays")
    func plans() throws {
        let fixture = try StoreFixture()
        let plans = ["a", "b", "c"].map { plan($0) }
        let digests = try plans.map { try $0.digest() }
        for place in 0..<2 {
            let event = LedgerEvent("planned", subject: "Plan", key: digests[place].hex)
            try fixture.store.transact(event) { draft throws(LedgerError) in
                try draft.set(RecordPath.plan(digests[place]), json: plans[place])
                return .commit
            }
        }
        try fixture.change { draft throws(LedgerError) in
            try draft.set(RecordPath.plan(digests[2]), json: plans[2])
            var environment = EnvironmentRecord()
            environment.latestPlan = digests[1]
            try draft.set(RecordPath.environment, json: environment)
        }
        let now = fixture.clock.now
        #expect(try fixture.store.retire(before: now, lifetimeSeconds: 1).isEmpty)
        let limit = now.adding(seconds: Self.day)
        let counts = try fixture.store.retire(before: limit, lifetimeSeconds: 1)
        #expect(counts == Retention.Counts(plans: 1))
        #expect(try left(fixture).plans == ["b", "c"])
    }

    @Test("what is asked for again meanwhile stays, and all else with it until the next time")
    func meanwhile() throws {
        let fixture = try StoreFixture()
        try write("a", in: fixture, at: fixture.clock.now, endsAfterDays: 1)
        let limit = fixture.clock.now.adding(seconds: 20 * Self.day)
        let edits = try Retention(fixture.snapshot(), before: limit, lifetimeSeconds: 1).edits()
        #expect(edits.counts == Retention.Counts(plans: 1, rollouts: 1, approvals: 1))
        var again = try approval("a")
        again.approvers = [
            .init(name: "eve", reason: "r", given: limit.iso, source: "command")
        ]
        let decided = again
        let plan = try plan("a").digest()
        func expectRefused() throws {
            let commit = try fixture.snapshot().commit
            let error = #expect(throws: LedgerError.self) {
                try fixture.store.retire(edits, before: limit)
            }
            #expect(error?.code == .lostRace)
            #expect(try fixture.snapshot().commit == commit)
        }
        try fixture.change { draft throws(LedgerError) in try draft.setDecisions(decided) }
        try expectRefused()
        try fixture.change { draft throws(LedgerError) in
            let before = edits.decisions[decided.digest] ?? []
            try draft.set(RecordPath.decision(decided.digest), before)
            var environment = EnvironmentRecord()
            environment.latestPlan = plan
            try draft.set(RecordPath.environment, json: environment)
        }
        try expectRefused()
    }

    @Test("an empty environment has nothing that is over")
    func nothing() throws {
        let fixture = try StoreFixture()
        #expect(try fixture.store.retire(before: fixture.clock.now, lifetimeSeconds: 1).isEmpty)
        #expect(try !fixture.ledger.isThere)
    }
}
