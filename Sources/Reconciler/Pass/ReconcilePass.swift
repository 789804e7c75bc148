import Desired
import Diff
import Execution
import Ledger
import Model
import Observed
import Reports
import Schema

/// One whole pass: settles what an earlier run left, plans, asks the gate, changes shards and
/// records it.
package struct ReconcilePass {
    private let pass: PassContext
    private let faults: FaultPoints

    package init(pass: PassContext, faults: FaultPoints = .none) {
        self.pass = pass
        self.faults = faults
    }

    /// Runs the pass while it holds the environment's lease.
    ///
    /// Throws only before any shard was changed; the outcome of operations is in the report.
    package func run() throws -> ReconcileReport {
        let store = pass.store
        let lease = try store.ledger.lease(
            store.environment, holder: "plumb reconcile by \(pass.request.actor.name)")
        defer { withExtendedLifetime(lease) {} }
        let recovered = try recover()
        let planned = try pass.plan()
        let gated = try pass.gate(planned)
        let unsettled = Set(
            recovered.filter { $0.finding == .unknown }.map(\.key.shardID))
        var ready = gated.decision.ready.filter { !unsettled.contains($0.key.shardID) }
        if pass.hooks.interrupt.isRaised { ready = [] }
        pass.hooks.stage("recording the plan")
        let rollouts = RolloutLedger(pass: pass, context: pass.context)
        let opened = try rollouts.open(planned, gated, ready: ready)
        var result = RolloutRunner.Result()
        var control: RolloutControl?
        if let rollout = opened.rollout {
            pass.hooks.stage("converging")
            let policy = rollout.record.policy
            let running = RolloutControl(
                policy: policy, interrupt: pass.hooks.interrupt)
            control = running
            result = runner(planned, control: running).run(rollout.waves)
            remember(result, ready)
        }
        let closing = RolloutLedger.Closing(
            planned: planned, gated: gated, result: result,
            isHalted: control?.isHalted ?? false, firstFailure: control?.firstFailure)
        let rollout = try close(rollouts, opened, closing)
        if pass.request.backsOff {
            // What this pass of a loop did not use, the next ones hardly need.
            pass.context.forgetUnused(
                shards: Set(planned.shards.map(\.id)), now: pass.hooks.clock.now)
        }
        return ReconcileReport(
            plan: gated.report, rollout: rollout, recovered: recovered, adopted: opened.adopted,
            exitStatus: Self.status(planned, gated, recovered, result))
    }

    // MARK: What a dead run left

    private func recover() throws -> [ReconcileReport.Recovered] {
        guard let snapshot = try pass.store.snapshot() else { return [] }
        let pending = try LedgerQueries.pending(in: snapshot)
        guard !pending.isEmpty else { return [] }
        pass.hooks.stage(
            "settling \(Count.of(pending.count, "unfinished operation"))")
        let shards = try pass.fleet.resolve(pass.environment) { server, like in
            try pass.context.discover(server, like: like)
        }
        let targets = shards.targets
        let recovery = Recovery(
            opener: opener(targets, waitSeconds: 30, isForChanges: false),
            journal: LedgerJournal(store: pass.store),
            faults: faults)
        return try recovery.settle(pending) { targets[$0] != nil }
    }

    // MARK: Converging

    private func runner(_ planned: PlanningPass.Result, control: RolloutControl) -> RolloutRunner {
        let concurrency = pass.fleet.policy.rollout.concurrency
        return RolloutRunner(
            opener: opener(planned.targets, waitSeconds: 0),
            journal: LedgerJournal(store: pass.store), clock: pass.hooks.clock,
            control: control, total: concurrency.total, perServer: concurrency.perHost,
            faults: faults, listener: pass.hooks.listener)
    }

    /// Starts the back-off of operations that failed, so that a loop waits before it tries them
    /// again.
    private func remember(_ result: RolloutRunner.Result, _ ready: [Gate.Ready]) {
        let rollouts = pass.context.operationBackOff
        for item in ready {
            guard let outcome = result.outcomes[item.key] else { continue }
            // The next pass plans again what the table refused, so it need not wait.
            if outcome.kind == .failed, outcome.refused == nil {
                rollouts.failed(item.target, now: pass.hooks.clock.now)
            } else {
                rollouts.succeeded(item.target)
            }
        }
    }

    private func opener(
        _ targets: [ShardID: ObservationTarget], waitSeconds: Int, isForChanges: Bool = true
    ) -> ServerShardOpener {
        let context = pass.context
        return ServerShardOpener(
            pool: context.pool, shards: targets, catalog: context.catalog,
            lockWaitSeconds: waitSeconds, lockWaits: pass.context.access.lockWaits,
            isForChanges: isForChanges,
            changed: { context.observer.forget($0) })
    }

    private func close(
        _ rollouts: RolloutLedger, _ opened: RolloutLedger.Opened, _ closing: RolloutLedger.Closing
    ) throws -> RolloutReport {
        if let failure = closing.result.journalFailure {
            // The ledger cannot be written: the report says what is known, and the next run settles
            // the rest.
            let id = opened.rollout?.record.id
            // What it cannot say either does not hide why this pass ends.
            let known = id.flatMap { try? LedgerQueries(store: pass.store).rollout($0) }
            return RolloutReport(
                environment: pass.environment.name, rollout: id, counts: known?.counts ?? [:],
                message: failure.message)
        }
        return try rollouts.close(opened, closing)
    }

    // MARK: The outcome

    /// What a pass came to, for the exit status.
    private static func status(
        _ planned: PlanningPass.Result, _ gated: GateStage.Output,
        _ recovered: [ReconcileReport.Recovered], _ result: RolloutRunner.Result
    ) -> ExitStatus {
        var outcomes = gated.decision.held.map(\.hold.outcome)
        if let failure = result.journalFailure {
            outcomes.append(failure.isLocked ? .ledgerLocked : .ledgerUnwritable)
        }
        if !planned.plan.unknown.isEmpty { outcomes.append(.shardUnknown) }
        if !planned.plan.unsupported.isEmpty { outcomes.append(.unsupported) }
        if gated.report.hasLeftGit { outcomes.append(.leftGit) }
        if recovered.contains(where: { $0.finding == .unknown }) { outcomes.append(.unsettled) }
        outcomes += result.outcomes.values.map { .operation($0.kind) }
            .filter { $0.exitStatus != .done }
        outcomes += result.obstacles.values.map { obstacle in
            obstacle.isHalf
                ? .stepHalfDone : obstacle.isLocked ? .shardLocked : .shardUnreachable
        }
        let done = result.outcomes.values.filter { $0.state == .completed }.count
        if done < gated.decision.ready.count, outcomes.isEmpty { outcomes.append(.operationsLeft) }
        return ExitStatus(outcomes)
    }
}
