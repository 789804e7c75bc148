import Basics
import Desired
import Diff
import Execution
import Ledger
import Model
import Observed
import Reports
import Schema

/// One whole pass: settle what was left, survey, gate, converge, record.
package struct ReconcilePass {
    private let session: Session
    private let faults: FaultPoints

    package init(session: Session, faults: FaultPoints = .none) {
        self.session = session
        self.faults = faults
    }

    /// Runs the pass under the environment's lease.
    ///
    /// Throws before anything was changed; what happens to operations is in the report.
    package func run() throws -> ReconcileReport {
        let store = session.store
        let lease = try store.ledger.lease(
            store.environment, holder: "plumb reconcile by \(session.request.actor.name)")
        defer { withExtendedLifetime(lease) {} }
        let recovered = try recover()
        let survey = try session.survey()
        let gated = try session.gate(survey)
        let unsettled = Set(
            recovered.filter { $0.finding == "unknown" }.map(\.key.shardID))
        var ready = gated.decision.ready.filter { !unsettled.contains($0.key.shardID) }
        if session.surroundings.interrupt.isRaised { ready = [] }
        session.surroundings.stage("recording the plan")
        let book = RolloutBook(session: session, engine: session.engine)
        let opened = try book.open(survey, gated, ready: ready)
        var result = RolloutRunner.Result()
        var control: RolloutControl?
        if let rollout = opened.rollout {
            session.surroundings.stage("converging")
            let policy = rollout.record.policy
            let running = RolloutControl(
                policy: policy, interrupt: session.surroundings.interrupt)
            control = running
            result = runner(survey, control: running).run(rollout.waves)
            remember(result, ready)
        }
        let closing = RolloutBook.Closing(
            survey: survey, gated: gated, result: result,
            isHalted: control?.isHalted ?? false, firstFailure: control?.firstFailure)
        let rollout = try close(book, opened, closing)
        if session.request.backsOff {
            // A loop: what this pass had no use for, the next ones hardly have.
            session.engine.forgetUnused(
                shards: Set(survey.shards.map(\.id)), now: session.surroundings.clock.now)
        }
        return ReconcileReport(
            plan: gated.report, rollout: rollout, recovered: recovered, adopted: opened.adopted,
            exitStatus: Self.status(survey, gated, recovered, result, rollout))
    }

    // MARK: What a dead run left

    private func recover() throws -> [ReconcileReport.Recovered] {
        guard let snapshot = try session.store.snapshot() else { return [] }
        let pending = try LedgerQueries.pending(in: snapshot)
        guard !pending.isEmpty else { return [] }
        session.surroundings.stage(
            "settling \(Count.of(pending.count, "unfinished operation"))")
        let shards = try session.fleet.resolve(session.environment) { server, like in
            try session.engine.discover(server, like: like)
        }
        let targets = Dictionary(
            uniqueKeysWithValues: shards.map { ($0.id, ObservationTarget($0)) })
        let recovery = Recovery(
            opener: opener(targets, waitSeconds: 30, isForChanges: false),
            journal: LedgerJournal(store: session.store),
            faults: faults)
        return try recovery.settle(pending) { targets[$0] != nil }
    }

    // MARK: Converging

    private func runner(_ survey: Survey.Result, control: RolloutControl) -> RolloutRunner {
        let concurrency = session.fleet.policy.rollout.concurrency
        return RolloutRunner(
            opener: opener(survey.targets, waitSeconds: 0),
            journal: LedgerJournal(store: session.store), clock: session.surroundings.clock,
            control: control, total: concurrency.total, perServer: concurrency.perHost,
            faults: faults, listener: session.surroundings.listener)
    }

    /// What failed waits before a loop tries it again.
    private func remember(_ result: RolloutRunner.Result, _ ready: [Gate.Ready]) {
        let book = session.engine.operationBackOff
        for item in ready {
            guard let outcome = result.outcomes[item.key] else { continue }
            // What the table refused is planned otherwise by the next pass: it need not wait.
            if outcome.kind == .failed, outcome.refused == nil {
                book.failed(item.target, now: session.surroundings.clock.now)
            } else {
                book.succeeded(item.target)
            }
        }
    }

    private func opener(
        _ targets: [ShardID: ObservationTarget], waitSeconds: Int, isForChanges: Bool = true
    ) -> ServerShardOpener {
        let engine = session.engine
        return ServerShardOpener(
            pool: engine.pool, shards: targets, catalog: engine.catalog,
            lockWaitSeconds: waitSeconds, lockWaits: session.engine.access.lockWaits,
            isForChanges: isForChanges,
            changed: { engine.observer.forget($0) })
    }

    private func close(
        _ book: RolloutBook, _ opened: RolloutBook.Opened, _ closing: RolloutBook.Closing
    ) throws -> RolloutReport {
        if let failure = closing.result.journalFailure {
            // The ledger cannot be written: say what it knows, the next run settles the rest.
            let id = opened.rollout?.record.id
            let known = id.flatMap { try? LedgerQueries(store: session.store).rollout($0) }
            return RolloutReport(
                environment: session.environment.name, rollout: id, counts: known?.counts ?? [:],
                message: failure.message)
        }
        return try book.close(opened, closing)
    }

    // MARK: The outcome

    /// The one place where a pass becomes an exit status.
    private static func status(
        _ survey: Survey.Result, _ gated: GateStage.Output,
        _ recovered: [ReconcileReport.Recovered], _ result: RolloutRunner.Result,
        _ rollout: RolloutReport
    ) -> ExitStatus {
        var statuses: [ExitStatus] = gated.decision.held.map(\.hold.exitStatus)
        if let failure = result.journalFailure {
            statuses.append(failure.isLocked ? .blocked : .error)
        }
        if !survey.plan.unknown.isEmpty { statuses.append(.incomplete) }
        if !survey.plan.unsupported.isEmpty { statuses.append(.refused) }
        if gated.report.notices.contains(where: { $0.code == "left-git" }) {
            statuses.append(.difference)
        }
        if recovered.contains(where: { $0.finding == "unknown" }) { statuses.append(.incomplete) }
        for outcome in result.outcomes.values {
            switch outcome.kind {
            case .completed: break
            case .failed: statuses.append(.partial)
            case .notRun: statuses.append(.blocked)
            case .superseded, .partly, .discarded: statuses.append(.refused)
            }
        }
        for obstacle in result.obstacles.values {
            statuses.append(
                obstacle.isHalf ? .partial : obstacle.isLocked ? .blocked : .incomplete)
        }
        let done = result.outcomes.values.filter { $0.state == .completed }.count
        if done < gated.decision.ready.count, statuses.isEmpty { statuses.append(.partial) }
        return ExitStatus.strongest(statuses)
    }
}
