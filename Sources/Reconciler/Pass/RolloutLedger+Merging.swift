import Diff
import Ledger
import Model
import Schema

extension RolloutLedger {
    /// The rollouts that are open under the new plan, the older ones first. What of them the plan
    /// does not want is ended and recorded.
    func merged(
        _ planned: PlanningPass.Result, _ decision: Gate.Decision
    ) throws -> [RolloutDrive.Driven] {
        let open = try planned.snapshot?.openRollouts() ?? []
        guard !open.isEmpty else { return [] }
        let merge = RolloutMerge(
            steps: Self.steps(of: planned.plan), refused: Self.refused(decision),
            engines: Self.engines(of: planned.plan), standing: standing(planned))
        var rollouts: [RolloutDrive.Driven] = []
        for rollout in open {
            let (record, operations) = (rollout.record, rollout.operations)
            let mark = try planned.snapshot?.rolloutMark(record.id)
            let changes = merge.changes(
                record, operations, isPaused: mark?.pause != nil, now: pass.store.now.iso)
            var driven = driven(
                record, Dictionary(operations.map { ($0.key, $0) }) { first, _ in first },
                planned.plan)
            driven.damaged = Set(rollout.damaged.keys)
            for change in changes { driven.operations[change.key] = change }
            driven.control.throttle(mark?.throttle?.shards)
            if let standstill = mark?.standstill(of: record.id) { driven.control.halt(standstill) }
            driven.cutovers = mark?.cutovers
            driven.isTakenBack = mark?.stop?.rollback != nil
            driven.isInFlight = atWork.rollouts.contains(record.id)
            if try !end(changes, of: &driven) { rollouts.append(driven) }
        }
        // Times are those of different machines, so they only help where records are old.
        return rollouts.sorted {
            ($0.record.number ?? 0, $0.record.startedAt, $0.record.id)
                < ($1.record.number ?? 0, $1.record.startedAt, $1.record.id)
        }
    }

    /// From where to where the plan leads each table of each shard.
    static func steps(of plan: Plan) -> [OperationKey: RolloutMerge.Ends] {
        var ends: [OperationKey: RolloutMerge.Ends] = [:]
        for step in plan.steps {
            for shard in step.shards {
                let id = ShardID(namespace: step.namespace, shard: shard)
                ends[OperationKey(shard: id, object: step.object)] = .init(
                    from: step.from, to: step.to)
            }
        }
        return ends
    }

    /// The engines by which the plan changes tables, but for the direct one.
    private static func engines(of plan: Plan) -> [OperationKey: EngineName] {
        var engines: [OperationKey: EngineName] = [:]
        for step in plan.steps {
            guard let engine = step.engine, engine != .direct else { continue }
            for shard in step.shardIDs {
                engines[OperationKey(shard: shard, object: step.object)] = engine
            }
        }
        return engines
    }

    /// What does not run until somebody decides otherwise.
    private static func refused(_ decision: Gate.Decision) -> [OperationKey: String] {
        var refused: [OperationKey: String] = [:]
        for item in decision.held where item.hold.isRefusal {
            for shard in item.shards {
                let id = ShardID(namespace: item.step.namespace, shard: shard)
                refused[OperationKey(shard: id, object: item.step.object)] = item.hold.reason
            }
        }
        return refused
    }

    /// Where tables stand that the plan has no step for.
    func standing(
        _ planned: PlanningPass.Result
    ) -> (OperationKey) -> RolloutMerge.Standing {
        let scope = pass.request.scope
        let isWhole = scope.namespaces == nil && scope.shards.isEmpty
        let targets = planned.targets
        let unknown = Set(planned.plan.unknown.map(\.shard))
        var refused: [OperationKey: String] = [:]
        for table in planned.plan.unsupported {
            for shard in table.shards {
                let id = ShardID(namespace: table.namespace, shard: shard)
                refused[OperationKey(shard: id, object: table.object)] = table.reason
            }
        }
        var variants: [ShardID: Comparison.Variant] = [:]
        for variant in planned.comparison.variants {
            let namespace = planned.comparison.schemas[variant.schema].namespace
            for shard in variant.shards {
                variants[ShardID(namespace: namespace, shard: shard)] = variant
            }
        }
        return { key in
            let shard = key.shardID
            guard targets[shard] != nil else {
                return isWhole ? .notPlanned(reason: "its shard left the fleet") : .notKnown
            }
            guard !unknown.contains(shard), let variant = variants[shard] else { return .notKnown }
            if let reason = refused[key] { return .notPlanned(reason: reason) }
            guard let object = variant.objects.first(where: { $0.object == key.object }) else {
                return .inSync(nil)
            }
            guard object.status == .inSync else {
                return .notPlanned(reason: "a newer plan has no change of it")
            }
            return .inSync(object.desired)
        }
    }

    /// Records operations that end without a statement; true where the rollout ends with them.
    private func end(
        _ changes: [OperationRecord], of driven: inout RolloutDrive.Driven
    ) throws -> Bool {
        let keys = driven.record.operationKeys
        let finalizers = try finalizers(of: driven.record)
        let state = RolloutState.derive(
            from: keys.map { driven.operations[$0]?.state }, rule: driven.record.failureRule
        )?.with(finalizers.map { $0?.state })
        let isOver = state?.isTerminal == true
        guard isOver || !changes.isEmpty else { return false }
        var record = driven.record
        record.state = state ?? record.state
        if isOver { record.endedAt = pass.store.now.iso }
        let event =
            isOver
            ? Self.closingEvent(record)
            : LedgerEvent(
                "rollout-changed",
                subject: "Take \(changes.count) of \(Count.of(keys.count, "operation")) from "
                    + "rollout \(record.id)",
                key: record.id, reason: changes.first?.message)
        let approvals = Set(driven.operations.values.compactMap(\.approval))
        var left: [OperationRecord] = []
        try pass.store.transact(event) { [record] draft throws(LedgerError) in
            // Somebody took it back meanwhile.
            guard try draft.rollout(record.id)?.state.isTerminal == false else { return .nothing }
            left = try Self.record(changes, of: record.id, in: &draft)
            guard left.isEmpty else { return left.count < changes.count ? .commit : .nothing }
            try draft.setRollout(record)
            if isOver { try draft.settleApprovals(approvals) }
            return .commit
        }
        for operation in left { driven.operations[operation.key] = operation }
        guard left.isEmpty else { return false }
        driven.record = record
        return isOver
    }

    /// Writes operations that end without a statement.
    ///
    /// - Returns: those that have begun or ended since the pass looked, which stay as they are:
    ///   they are not what was decided about.
    static func record(
        _ changes: [OperationRecord], of rollout: String, in draft: inout LedgerDraft
    ) throws(LedgerError) -> [OperationRecord] {
        var left: [OperationRecord] = []
        for change in changes {
            let present = try draft.operation(rollout, change.key)
            if let present, present.hasBegun {
                left.append(present)
            } else {
                try draft.setOperation(change, of: rollout)
            }
        }
        return left
    }
}
