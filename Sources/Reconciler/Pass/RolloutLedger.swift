import Basics
import Desired
import Diff
import Ledger
import Model
import Reports
import Schema

/// Opens and closes rollouts in the ledger: one commit before the first operation starts, one after
/// the last has ended.
struct RolloutLedger {
    let pass: PassContext
    let context: ReconcileContext
    let atWork: OperationsAtWork
    /// The environments before this one, as they are while the pass works.
    let earlier: EarlierLook

    init(
        pass: PassContext, context: ReconcileContext, atWork: OperationsAtWork = .init()
    ) {
        self.pass = pass
        self.context = context
        self.atWork = atWork
        earlier = EarlierLook(
            EarlierEnvironments(names: pass.environment.after.map(\.value), store: pass.store),
            clock: pass.hooks.clock)
    }

    struct Opened {
        /// The rollouts that are open, the older ones first, and the new one.
        var rollouts: [RolloutDrive.Driven] = []
        /// How many tables were live as git defines them and are recorded as such from now on.
        var adopted = 0

        /// Shards on which an operation of an open rollout cannot be read: nothing begins there.
        var setAside: Set<ShardID> { Set(rollouts.flatMap(\.damaged).map(\.shardID)) }
    }

    struct Closing {
        var planned: PlanningPass.Result
        var gated: GateStage.Output
        /// What became of all operations of the pass.
        var result: RolloutRunner.Result
    }

    // MARK: Before

    /// Records the plan, what was learnt, the decisions given by file, the tables that are in
    /// sync already, and a rollout of the operations that no open one has, with all of them.
    ///
    /// What the plan does not want any more of the open rollouts ends first.
    func open(
        _ planned: PlanningPass.Result, _ gated: GateStage.Output, ready: [Gate.Ready]
    ) throws -> Opened {
        let store = pass.store
        var opened = Opened(rollouts: try merged(planned, gated.decision))
        let taken = Set(opened.rollouts.flatMap(\.taken))
        let setAside = opened.setAside
        let fresh = ready.filter { !taken.contains($0.key) && !setAside.contains($0.key.shardID) }
        var record = fresh.isEmpty ? nil : try newRollout(fresh, planned)
        let finalizers = finalizers(of: record?.operationKeys ?? [])
        if record != nil { record?.number = try number(after: opened.rollouts, planned) }
        if !finalizers.isEmpty { record?.finalizers = finalizers.map(\.namespace) }
        let baseline = Baseline(planned: planned, but: atWork.shards, now: store.now)
        // The text of each recorded definition is kept too, as the server may write it otherwise
        // than git.
        context.cache.keep(baseline.digests)
        // What a rollout changes can be taken back only where its definition is there.
        context.cache.keep(Self.ends(of: fresh))
        let planDigest = gated.report.digest
        let isNewPlan = try latestPlan(planned.snapshot) != planDigest
        let hasNews =
            isNewPlan || record != nil || !baseline.records.isEmpty
            || !gated.newApprovals.isEmpty || context.cache.hasUnsaved
        guard hasNews else { return opened }
        let outlived = isNewPlan ? try outlivedFailures(planned) : []
        let inLedger = try context.memory.recorded(in: planned.snapshot)
        let event = Self.openingEvent(record, plan: planned.plan, planDigest)
        try store.transact(event) { draft throws(LedgerError) in
            // What was planned is not to begin where somebody took a rollout back meanwhile.
            if record != nil { try draft.requireSameRollbacks(as: planned.rollbacks.recorded) }
            try draft.set(RecordPath.plan(planDigest), json: planned.plan)
            for key in outlived { try draft.removeFailure(of: key) }
            try context.cache.save(into: &draft)
            for approval in gated.newApprovals {
                try draft.setDecisions(approval)
            }
            for (id, record) in baseline.records {
                try draft.setShard(id, record, over: inLedger[id])
            }
            var environment = try draft.environmentRecord() ?? EnvironmentRecord()
            environment.latestPlan = planDigest
            if let record {
                environment.latestRollout = record.id
                try write(record, fresh, in: &draft)
                for finalizer in finalizers { try draft.setFinalizer(finalizer, of: record.id) }
            }
            try draft.set(RecordPath.environment, json: environment)
            return .commit
        }
        context.cache.saved()
        opened.adopted = baseline.tableCount
        if let record {
            let operations = fresh.map { ($0.key, Self.operation($0)) }
            opened.rollouts.append(
                driven(
                    record, Dictionary(operations) { first, _ in first }, planned.plan,
                    isBegun: true))
        }
        return opened
    }

    /// The number of a new rollout: each has a greater one than those before it, whatever the
    /// clocks of the machines say.
    private func number(
        after open: [RolloutDrive.Driven], _ planned: PlanningPass.Result
    ) throws(LedgerError) -> Int {
        let last = open.compactMap(\.record.number).max() ?? 0
        guard let snapshot = planned.snapshot,
            let latest = try snapshot.environmentRecord()?.latestRollout
        else { return last + 1 }
        if let record = try snapshot.readableRollout(latest) {
            return max(last, record.number ?? 0) + 1
        }
        // It has the greatest one, which cannot be read: one more than that of any other.
        let others = try snapshot.rolloutIDs().map { id throws(LedgerError) in
            try snapshot.readableRollout(id)?.number ?? 0
        }
        return max(last, others.max() ?? 0) + 2
    }

    /// The definitions before and after the operations.
    private static func ends(of ready: [Gate.Ready]) -> Set<Digest> {
        var seen: Set<Digest> = []
        for item in ready {
            // Shards share a step, of which one digest tells.
            if let to = item.step.to, let from = item.step.from, item.step.members == nil,
                seen.contains(to), seen.contains(from)
            {
                continue
            }
            seen.formUnion(item.step.tables.flatMap { [$0.from, $0.to] }.compactMap(\.self))
        }
        return seen
    }

    private static func openingEvent(
        _ rollout: RolloutRecord?, plan: Plan, _ digest: Digest
    ) -> LedgerEvent {
        guard let rollout else {
            return LedgerEvent(
                "planned", subject: "Plan \(digest.short) at \(plan.revision.label)",
                key: digest.hex)
        }
        return LedgerEvent(
            "rollout-started", subject: "Start rollout \(rollout.id) of plan \(digest.short)",
            key: rollout.id)
    }

    /// A rollout as it is driven; nothing of it starts outside of the windows, or while an
    /// environment before this one is not as it was. A change is taken back nevertheless.
    func driven(
        _ record: RolloutRecord, _ operations: [OperationKey: OperationRecord],
        _ plan: Plan, isBegun: Bool = false
    ) -> RolloutDrive.Driven {
        let windows = pass.fleet.policy.changeWindows
        let clock = pass.hooks.clock
        let goesBack = Self.goesBack(record, plan)
        let control = RolloutControl(
            rule: record.failureRule,
            failures: operations.values.count { $0.state == .failed },
            interrupt: pass.hooks.work,
            closed: { [earlier] in
                windows.closed(at: clock.now.date) != nil || !goesBack && earlier.reason != nil
            }, renewal: { [earlier] in earlier.renew() })
        return RolloutDrive.Driven(record, operations, isBegun: isBegun, control: control)
    }

    /// Whether a rollout takes something back, as the plan has it.
    static func goesBack(_ record: RolloutRecord, _ plan: Plan) -> Bool {
        let steps = plan.steps.filter { $0.cause.rollback != nil }
        guard !steps.isEmpty else { return false }
        let keys = Set(record.operationKeys)
        return steps.contains { step in
            step.shardIDs.contains { keys.contains(OperationKey(shard: $0, object: step.object)) }
        }
    }

    /// Lets nothing more of a rollout begin until somebody releases it.
    func pause(
        _ rollout: RolloutRecord, reason: String
    ) throws(LedgerError) -> RolloutMark.Standstill? {
        let id = rollout.id
        let pause = RolloutMark.Pause(reason: reason, at: pass.store.now.iso, isOfHealth: true)
        let event = LedgerEvent(
            "rollout-paused", subject: "Pause rollout \(id)", key: id, reason: reason)
        var kept = RolloutMark(pause: pause)
        try pass.store.transact(event) { draft throws(LedgerError) in
            guard let paused = try draft.pause(id, pause) else { return .nothing }
            kept = paused.mark
            return paused.isNew ? .commit : .nothing
        }
        return kept.standstill(of: id)
    }

    /// Records that an open rollout goes on, with what is needed to settle its operations.
    func resume(_ rollout: RolloutRecord, _ ready: [Gate.Ready]) throws(LedgerError) {
        let own = Set(rollout.operationKeys)
        let event = LedgerEvent(
            "rollout-resumed",
            subject: "Resume rollout \(rollout.id) of plan \(rollout.plan.short)",
            key: rollout.id)
        try pass.store.transact(event) { draft throws(LedgerError) in
            for item in ready where own.contains(item.key) {
                guard var operation = try draft.operation(rollout.id, item.key),
                    operation.approval != item.approval, !operation.state.isTerminal
                else { continue }
                operation.approval = item.approval
                try draft.setOperation(operation, of: rollout.id)
            }
            try keepSteps(of: ready.filter { own.contains($0.key) }, with: rollout, in: &draft)
            return .commit
        }
    }

    private func latestPlan(_ snapshot: RecordSnapshot?) throws(LedgerError) -> Digest? {
        try snapshot?.environmentRecord()?.latestPlan
    }

    private func newRollout(
        _ ready: [Gate.Ready], _ planned: PlanningPass.Result
    ) throws -> RolloutRecord {
        let now = pass.store.now
        let plan = try planned.plan.digest()
        let seed = "\(plan.hex) \(now.iso) \(pass.hooks.salt())"
        let wanted = Set(ready.map(\.key.shardID))
        let shards = planned.shards.filter { wanted.contains($0.id) }
        let policy = pass.fleet.policy.rollout
        let cuts = Waves.cut(shards, into: policy.waves)
        let byShard = Dictionary(grouping: ready, by: \.key.shardID)
        var record = RolloutRecord(
            id: String(Digest(of: seed).hex.prefix(12)), plan: plan,
            policy: policy.onFailure,
            waves: cuts.map { cut in
                cut.shards.flatMap { (byShard[$0] ?? []).sorted(by: Self.inOrder).map(\.key) }
            },
            bakeSeconds: cuts.map(\.bakeSeconds), startedAt: now.iso,
            actor: pass.request.actor.name)
        record.state = .running
        record.maxFailures = policy.maxFailures
        record.cutover = policy.cutover == .rolling ? nil : policy.cutover
        record.retries = policy.retries == .standard ? nil : policy.retries
        record.revision = planned.plan.revision.commit
        return record
    }

    /// Makes the work on operations of rollouts, shard by shard in the order of their keys.
    ///
    /// - Parameter resumed: what engines have begun; it goes on with the step that it began with.
    func works(
        _ ready: [Gate.Ready], _ planned: PlanningPass.Result,
        resumed: [OperationKey: PendingRecord] = [:]
    ) -> (RolloutRecord, [OperationKey]) -> [RolloutRunner.ShardWork] {
        let byKey = Dictionary(ready.map { ($0.key, $0) }) { first, _ in first }
        let targets = planned.targets
        let catalog = context.catalog
        var orders = ChangeOrders(planned.comparison) { catalog[$0] }
        return { record, keys in
            let startedAt = pass.store.now.iso
            let works = Dictionary(
                grouping: keys.compactMap { key in
                    resumed[key].map { again($0, byKey[key]) }
                        ?? byKey[key].map { pending($0, rollout: record.id, startedAt) }
                }, by: \.key.shardID)
            let order = keys.map(\.shardID).reduce(into: [ShardID]()) { list, id in
                if list.last != id { list.append(id) }
            }
            return order.compactMap { shard -> RolloutRunner.ShardWork? in
                guard let target = targets[shard] else { return nil }
                guard var own = works[shard]?.sorted(by: { Self.inOrder($0.step, $1.step) })
                else { return nil }
                for index in own.indices { own[index].place = own[index].place ?? target.place }
                return RolloutRunner.ShardWork(
                    shard: shard, server: target.server, records: own,
                    order: orders.order(of: own.map(\.step), on: shard))
            }
        }
    }

    private static func inOrder(_ left: Gate.Ready, _ right: Gate.Ready) -> Bool {
        inOrder(left.step, right.step)
    }

    private static func inOrder(_ left: PlanStep, _ right: PlanStep) -> Bool {
        (left.order, left.object) < (right.order, right.object)
    }

    /// What had begun, with the approval as it is valid now.
    private func again(_ record: PendingRecord, _ ready: Gate.Ready?) -> PendingRecord {
        var record = record
        guard let ready else { return record }
        if ready.approval == record.approval {
            record.approvedUntil = ready.approvedUntil?.iso ?? record.approvedUntil
        } else if Self.isSame(ready.step, record) {
            // It ran out while the engine was at work, and somebody approved the change anew.
            record.approval = ready.approval
            record.approvedUntil = ready.approvedUntil?.iso
        }
        return record
    }

    /// Whether an approval of a step is one of what had begun, too.
    private static func isSame(_ step: PlanStep, _ record: PendingRecord) -> Bool {
        ApprovalBinding(environment: "", step: step)
            .covers(record.step, shard: record.key.shard, environment: "")
    }

    private func pending(
        _ ready: Gate.Ready, rollout: String, _ startedAt: String
    ) -> PendingRecord {
        // The record is about one shard, so the names of the others are left out.
        var step = ready.step
        step.shards = [ready.shard]
        for place in step.findings.indices { step.findings[place].probe?.take([:]) }
        var record = PendingRecord(
            rollout: rollout, key: ready.key, step: step, approval: ready.approval,
            startedAt: startedAt, actor: pass.request.actor.name)
        record.approvedUntil = ready.approvedUntil?.iso
        record.revision = pass.source.commit?.id.hex
        return record
    }

    private func write(
        _ record: RolloutRecord, _ ready: [Gate.Ready], in draft: inout LedgerDraft
    ) throws(LedgerError) {
        try draft.setRollout(record)
        try keepSteps(of: ready, with: record, in: &draft)
        for item in ready { try draft.setOperation(Self.operation(item), of: record.id) }
    }

    private static func operation(_ ready: Gate.Ready) -> OperationRecord {
        OperationRecord(
            key: ready.key, from: ready.step.from, to: ready.step.to, approval: ready.approval)
    }

    /// Keeps each step once, which is the same for all of its shards.
    private func keepSteps(
        of ready: [Gate.Ready], with rollout: RolloutRecord, in draft: inout LedgerDraft
    ) throws(LedgerError) {
        var kept: Set<OperationKey> = []
        for item in ready {
            let first = item.step.shards.first ?? item.shard
            let shard = ShardID(namespace: item.step.namespace, shard: first)
            guard kept.insert(OperationKey(shard: shard, object: item.step.object)).inserted
            else { continue }
            try draft.keepStep(
                PendingDocuments.step(
                    of: pending(item, rollout: rollout.id, rollout.startedAt)),
                with: rollout.id)
        }
    }
}
