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

    /// A rollout that is ready to run.
    struct Rollout {
        var record: RolloutRecord
        var waves: [RolloutRunner.Wave]
        /// True where an earlier run had started it.
        var isResumed: Bool
    }

    struct Opened {
        /// Nil when there is nothing to do.
        var rollout: Rollout?
        /// How many tables were live as git defines them and are recorded as such from now on.
        var adopted: Int
    }

    struct Closing {
        var planned: PlanningPass.Result
        var gated: GateStage.Output
        var result: RolloutRunner.Result
        var isHalted: Bool
        var firstFailure: String?
    }

    // MARK: Before

    /// Records the plan, what was learnt, the decisions given by file, the tables that are in
    /// sync already, and the rollout with all its operations.
    func open(
        _ planned: PlanningPass.Result, _ gated: GateStage.Output, ready: [Gate.Ready]
    ) throws -> Opened {
        let store = pass.store
        let unfinished = try planned.snapshot?.openRollouts() ?? []
        let resumed = unfinished.first {
            RolloutResumption(record: $0.record, operations: $0.operations).adopts(ready)
        }?.record
        let replaced = unfinished.filter { $0.record.id != resumed?.id }
        let rollout =
            try ready.isEmpty
            ? nil : (resumed.map { self.rollout($0, ready, planned) } ?? newRollout(ready, planned))
        let baseline = Baseline(planned: planned, now: store.now)
        // The text of each recorded definition is kept too, as the server may write it otherwise
        // than git.
        context.cache.keep(baseline.digests)
        let planDigest = gated.report.digest
        let isNewPlan = try latestPlan(planned.snapshot) != planDigest
        let hasNews =
            isNewPlan || rollout != nil || !baseline.records.isEmpty
            || !gated.newApprovals.isEmpty || context.cache.hasUnsaved
            || !replaced.isEmpty
        guard hasNews else { return Opened(rollout: nil, adopted: 0) }
        let inLedger = try context.memory.recorded(in: planned.snapshot)
        let event = Self.openingEvent(rollout, plan: planned.plan, planDigest)
        try store.transact(event) { draft throws(LedgerError) in
            try draft.set(RecordPath.plan(planDigest), json: planned.plan)
            try context.cache.save(into: &draft)
            for approval in gated.newApprovals {
                try draft.setDecisions(approval)
            }
            for (id, record) in baseline.records {
                try draft.setShard(id, record, over: inLedger[id])
            }
            for rollout in replaced { try supersede(rollout, in: &draft) }
            var environment = try draft.environmentRecord() ?? EnvironmentRecord()
            environment.latestPlan = planDigest
            if let rollout {
                environment.latestRollout = rollout.record.id
                try write(rollout, ready: ready, in: &draft)
            }
            try draft.set(RecordPath.environment, json: environment)
            return .commit
        }
        context.cache.saved()
        return Opened(rollout: rollout, adopted: baseline.tableCount)
    }

    private static func openingEvent(
        _ rollout: Rollout?, plan: Plan, _ digest: Digest
    ) -> LedgerEvent {
        guard let rollout else {
            return LedgerEvent(
                "planned", subject: "Plan \(digest.short) at \(plan.revision.label)",
                key: digest.hex)
        }
        let kind = rollout.isResumed ? "rollout-resumed" : "rollout-started"
        let verb = rollout.isResumed ? "Resume" : "Start"
        return LedgerEvent(
            kind, subject: "\(verb) rollout \(rollout.record.id) of plan \(digest.short)",
            key: rollout.record.id)
    }

    private func latestPlan(_ snapshot: RecordSnapshot?) throws(LedgerError) -> Digest? {
        try snapshot?.environmentRecord()?.latestPlan
    }

    private func newRollout(_ ready: [Gate.Ready], _ planned: PlanningPass.Result) throws -> Rollout
    {
        let now = pass.store.now
        let plan = try planned.plan.digest()
        let seed = "\(plan.hex) \(now.iso) \(UInt64.random(in: 0...UInt64.max))"
        let wanted = Set(ready.map(\.key.shardID))
        let shards = planned.shards.map(\.id).filter(wanted.contains)
        let policy = pass.fleet.policy.rollout
        let cuts = Waves.cut(shards, into: policy.waves)
        let byShard = Dictionary(grouping: ready, by: \.key.shardID)
        let record = RolloutRecord(
            id: String(Digest(of: seed).hex.prefix(12)), plan: plan,
            policy: policy.onFailure,
            waves: cuts.map { cut in
                cut.shards.flatMap { (byShard[$0] ?? []).sorted(by: Self.inOrder).map(\.key) }
            },
            bakeSeconds: cuts.map(\.bakeSeconds), startedAt: now.iso,
            actor: pass.request.actor.name)
        return rollout(record, ready, planned, isResumed: false)
    }

    /// The rollout of the ready operations, with their waves numbered anew.
    private func rollout(
        _ record: RolloutRecord, _ ready: [Gate.Ready], _ planned: PlanningPass.Result,
        isResumed: Bool = true
    ) -> Rollout {
        let byKey = Dictionary(ready.map { ($0.key, $0) }) { first, _ in first }
        let targets = planned.targets
        let startedAt = pass.store.now.iso
        let catalog = context.catalog
        var orders = ChangeOrders(planned.comparison) { catalog[$0] }
        let waves = zip(record.waves, record.bakeSeconds).map { keys, bake in
            let works = Dictionary(grouping: keys.compactMap { byKey[$0] }, by: \.key.shardID)
            let order = keys.map(\.shardID).reduce(into: [ShardID]()) { list, id in
                if list.last != id { list.append(id) }
            }
            let work = order.compactMap { shard -> RolloutRunner.ShardWork? in
                guard let target = targets[shard] else { return nil }
                guard let own = works[shard]?.sorted(by: Self.inOrder) else { return nil }
                return RolloutRunner.ShardWork(
                    shard: shard, server: target.server,
                    records: own.map { pending($0, rollout: record.id, startedAt) },
                    order: orders.order(of: own.map(\.step), on: shard))
            }
            return RolloutRunner.Wave(work: work, bakeSeconds: Int64(bake))
        }
        return Rollout(
            record: record, waves: waves.filter { !$0.work.isEmpty }, isResumed: isResumed)
    }

    private static func inOrder(_ left: Gate.Ready, _ right: Gate.Ready) -> Bool {
        (left.step.order, left.step.object) < (right.step.order, right.step.object)
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
        _ rollout: Rollout, ready: [Gate.Ready], in draft: inout LedgerDraft
    ) throws(LedgerError) {
        var record = rollout.record
        record.state = .running
        try draft.setRollout(record)
        try keepSteps(of: ready, with: record, in: &draft)
        guard !rollout.isResumed else { return }
        for item in ready {
            let operation = OperationRecord(
                key: item.key, from: item.step.from, to: item.step.to, approval: item.approval)
            try draft.setOperation(operation, of: record.id)
        }
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
