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
    private let plan: (PassContext) throws -> PlanningPass.Result

    /// - Parameter plan: the first half of the pass; a simulation brings one that asks no server.
    package init(
        pass: PassContext, faults: FaultPoints = .asked,
        plan: @escaping (PassContext) throws -> PlanningPass.Result = { try $0.planAhead() }
    ) {
        self.pass = pass
        self.faults = faults
        self.plan = plan
    }

    /// Runs the pass while it holds the environment's lease.
    ///
    /// Throws only before any shard was changed; the outcome of operations is in the report.
    package func run() throws -> ReconcileReport {
        let store = pass.store
        let lease = try store.ledger.lease(
            store.environment, holder: "plumb reconcile by \(pass.request.actor.name)")
        defer { withExtendedLifetime(lease) {} }
        let (recovered, resumed) = try recover()
        let planned = try plan(pass)
        defer { planned.workspaces.close() }
        let unsettled = Set(
            recovered.filter { $0.finding == .unknown }.map(\.key.shardID))
        let gated = try pass.gate(planned, unsettled: unsettled)
        var ready = gated.decision.ready.filter { !unsettled.contains($0.key.shardID) }
        if pass.hooks.interrupt.isRaised { ready = [] }
        pass.hooks.stage("recording the plan")
        let rollouts = RolloutLedger(pass: pass, context: pass.context)
        try rollouts.endRollbacks(planned)
        let opened = try rollouts.open(planned, gated, ready: ready)
        let setAside = opened.setAside
        ready.removeAll { setAside.contains($0.key.shardID) }
        var driven = opened.rollouts
        drive(
            &driven, rollouts, planned, ready,
            resumed.filter { !unsettled.contains($0.key.shardID) })
        let result = Self.whole(driven)
        if result.journalFailure == nil {
            try rollouts.finalize(&driven, unready: unready(planned, gated))
        }
        remember(result, ready)
        let closing = RolloutLedger.Closing(planned: planned, gated: gated, result: result)
        var reports = try close(rollouts, driven, closing)
        if pass.request.backsOff {
            // What this pass of a loop did not use, the next ones hardly need.
            pass.context.forgetUnused(
                shards: Set(planned.shards.map(\.id)), now: pass.hooks.clock.now)
        }
        let newest = reports.popLast() ?? RolloutReport(environment: pass.environment.name)
        return ReconcileReport(
            plan: gated.report, rollout: newest, others: reports.isEmpty ? nil : reports,
            recovered: recovered, adopted: opened.adopted,
            exitStatus: status(planned, gated, recovered, driven, reports + [newest]))
    }

    /// The namespaces of which a shard is not known, or a change is held that is not left alone, or
    /// that the pass is not about as a whole.
    private func unready(
        _ planned: PlanningPass.Result, _ gated: GateStage.Output
    ) throws -> Set<String> {
        var unready = Set(planned.plan.unknown.map(\.shard.namespace))
        for item in gated.decision.held where !item.hold.isRefusal {
            unready.insert(item.step.namespace)
        }
        if !pass.request.scope.shards.isEmpty {
            unready.formUnion(planned.shards.map(\.id.namespace))
        }
        let now = pass.hooks.clock.now
        for suspension in try planned.snapshot?.suspensions() ?? []
        where !suspension.isOver(at: now) {
            unready.insert(suspension.namespace)
        }
        return unready
    }

    /// What became of the operations of all rollouts.
    private static func whole(_ rollouts: [RolloutDrive.Driven]) -> RolloutRunner.Result {
        var whole = RolloutRunner.Result()
        for driven in rollouts {
            whole.outcomes.merge(driven.result.outcomes) { _, new in new }
            whole.obstacles.merge(driven.result.obstacles) { _, new in new }
            whole.journalFailure = whole.journalFailure ?? driven.result.journalFailure
        }
        return whole
    }

    // MARK: What a dead run left

    /// Settles what can be; what an engine has begun beside its table goes on where it was.
    private func recover() throws -> (
        [ReconcileReport.Recovered], resumed: [OperationKey: PendingRecord]
    ) {
        guard let snapshot = try pass.store.snapshot() else { return ([], [:]) }
        // Those that cannot be read set their shards aside, and nothing else.
        let left = try snapshot.pendingList().records
        guard !left.isEmpty else { return ([], [:]) }
        let unread = try Self.unread(left, in: snapshot)
        let pending = left.filter { unread[$0.key] == nil }
        pass.hooks.stage(
            "settling \(Count.of(pending.count, "unfinished operation"))")
        let shards = try pass.fleet.resolve(pass.environment) { server, like in
            try pass.context.discover(server, like: like)
        }
        let targets = shards.targets
        let recovery = Recovery(
            opener: pass.shardAccess.opener(
                of: targets, waitSeconds: 30, isForChanges: false),
            journal: LedgerJournal(store: pass.store),
            faults: faults, engines: pass.hooks.engines)
        let found =
            try recovery.settle(pending) { targets[$0] != nil }
            + unread.sorted { $0.key < $1.key }.map { key, reason in
                .init(key: key, finding: .unknown, message: reason)
            }
        let keys = Set(found.filter { $0.finding == .resumed }.map(\.key))
        let resumed = pending.filter { keys.contains($0.key) }.map { ($0.key, $0) }
        return (found, Dictionary(resumed) { first, _ in first })
    }

    /// The operations that a run left and of which the own record cannot be read, with the reason:
    /// nothing is recorded of them before somebody has looked at the shard. Costs a read for each
    /// operation that was left.
    private static func unread(
        _ left: [PendingRecord], in snapshot: RecordSnapshot
    ) throws(LedgerError) -> [OperationKey: String] {
        var unread: [OperationKey: String] = [:]
        for record in left {
            do throws(LedgerError) {
                _ = try snapshot.keptOperation(record.rollout, record.key)
            } catch  where error.isOfContent {
                unread[record.key] =
                    "\(error): look at \(record.key.shardID) and then "
                    + "`plumb unlock \(record.key.shardID) --reason …`"
            }
        }
        return unread
    }

    // MARK: Converging

    private func drive(
        _ driven: inout [RolloutDrive.Driven], _ rollouts: RolloutLedger,
        _ planned: PlanningPass.Result, _ ready: [Gate.Ready],
        _ resumed: [OperationKey: PendingRecord]
    ) {
        guard !driven.isEmpty else { return }
        for (place, rollout) in driven.enumerated() {
            for key in rollout.operations.keys {
                if let state = resumed[key]?.engine { driven[place].engines[key] = state }
            }
        }
        pass.hooks.stage("converging")
        let concurrency = pass.fleet.policy.rollout.concurrency
        let places = Places<ServerAddress>(perKey: concurrency.perHost)
        let opener = pass.shardAccess.opener(
            of: planned.targets, waitSeconds: 0, isForChanges: true)
        let keys = Set(ready.map(\.key)).union(resumed.keys)
        var drive = RolloutDrive(
            runner: { [pass, faults] driven in
                RolloutRunner(
                    opener: opener,
                    journal: LedgerJournal(store: pass.store) { mark in
                        driven.control.throttle(mark.throttle?.shards)
                    },
                    clock: pass.hooks.clock, control: driven.control,
                    total: driven.isInOrder ? 1 : concurrency.total,
                    perServer: concurrency.perHost, faults: faults,
                    listener: pass.hooks.listener, places: places, engines: pass.hooks.engines,
                    budget: driven.record.retries ?? .standard)
            },
            resume: { record throws(JournalFailure) in
                do throws(LedgerError) {
                    try rollouts.resume(record, ready)
                } catch {
                    throw JournalFailure("\(error)", isLocked: error.code == .locked)
                }
            },
            isReady: keys.contains, work: rollouts.works(ready, planned, resumed: resumed),
            clock: pass.hooks.clock, interrupt: pass.hooks.interrupt,
            listener: pass.hooks.listener, waits: pass.request.waitsForBakes)
        drive.health = healthGate(rollouts, planned)
        drive.heed = { [pass] id in
            // Where the ledger cannot be read just now, it is asked before the next operation.
            guard let mark = try? pass.store.snapshot().map({ try $0.rolloutMark(id) }) else {
                return nil
            }
            guard let mark else {
                return .init(state: .stopped, words: "it has ended meanwhile: see `plumb status`")
            }
            return mark.standstill(of: id)
        }
        drive.run(&driven)
        pass.hooks.stage("closing the rollout")
    }

    /// What asks waves how they are; nil where policy wants nothing to be asked.
    private func healthGate(
        _ rollouts: RolloutLedger, _ planned: PlanningPass.Result
    ) -> HealthGate? {
        guard let check = pass.fleet.policy.rollout.health else { return nil }
        let access = pass.shardAccess
        let targets = planned.targets
        return HealthGate(
            check: check,
            ask: { shards in
                access.health(
                    shards.compactMap { id in
                        guard let target = targets[id],
                            case .known(let known) = planned.observation[id]
                        else { return nil }
                        return HealthQuestion(
                            .init(target: target, flavour: known.profile.flavour, sql: check.query))
                    })
            },
            pause: { record, reason throws(JournalFailure) in
                do throws(LedgerError) {
                    return try rollouts.pause(record, reason: reason)
                } catch {
                    throw JournalFailure("\(error)", isLocked: error.code == .locked)
                }
            })
    }

    /// Starts the back-off of operations that failed, so that a loop waits before it tries them
    /// again.
    private func remember(_ result: RolloutRunner.Result, _ ready: [Gate.Ready]) {
        let waits = pass.context.operationBackOff
        let failed = pass.context.failedOperations
        for item in ready {
            guard let outcome = result.outcomes[item.key] else {
                // It could not begin: a loop does not try it in each pass. What was suspended goes
                // on as soon as it is resumed.
                if let obstacle = result.obstacles[item.key.shardID], !obstacle.isSuspended {
                    waits.failed(item.target, now: pass.hooks.clock.now)
                }
                continue
            }
            // The next pass plans again what the table refused, so it need not wait.
            if outcome.kind == .failed, outcome.refused == nil {
                waits.failed(item.target, now: pass.hooks.clock.now)
                failed.withLock { _ = $0.insert(item.target) }
            } else {
                waits.succeeded(item.target)
                failed.withLock { _ = $0.remove(item.target) }
            }
        }
    }

    private func close(
        _ rollouts: RolloutLedger, _ driven: [RolloutDrive.Driven],
        _ closing: RolloutLedger.Closing
    ) throws -> [RolloutReport] {
        guard let failure = closing.result.journalFailure else {
            return try rollouts.close(driven, closing)
        }
        // The ledger cannot be written: the report says what is known, and the next run settles
        // the rest.
        return driven.map { driven in
            // What it cannot say either does not hide why this pass ends.
            let known = try? LedgerQueries(store: pass.store).rollout(driven.record.id)
            return RolloutReport(
                environment: pass.environment.name, rollout: driven.record.id,
                counts: known?.counts ?? [:], message: failure.message)
        }
    }

    // MARK: The outcome

    /// What a pass came to, for the exit status.
    private func status(
        _ planned: PlanningPass.Result, _ gated: GateStage.Output,
        _ recovered: [ReconcileReport.Recovered], _ rollouts: [RolloutDrive.Driven],
        _ reports: [RolloutReport]
    ) -> ExitStatus {
        let result = Self.whole(rollouts)
        let isEnding = pass.hooks.interrupt.isRaised
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
        outcomes += result.obstacles.values.map(\.outcome)
        if rollouts.contains(where: { !$0.damaged.isEmpty }) { outcomes.append(.shardUnknown) }
        for driven in rollouts {
            if driven.control.standstill != nil {
                outcomes.append(.rolloutStopped)
            } else if driven.next.isRunnable, driven.control.isClosed {
                outcomes.append(.outsideWindow)
            } else if driven.next.isWaiting {
                outcomes.append(.waveWaits)
            }
        }
        for finalizer in reports.flatMap({ $0.finalizers ?? [] }) {
            switch finalizer.state {
            case .completed, .skipped: break
            case .failed: outcomes.append(.operation(.failed))
            case .unknown: outcomes.append(.unsettled)
            case .pending, .running, .failedRetryable: outcomes.append(.waveWaits)
            }
        }
        let done = gated.decision.ready.count { result.outcomes[$0.key]?.state == .completed }
        // What a bake keeps back is not left because the end was asked for.
        let isLeft =
            isEnding && rollouts.contains { !$0.next.isBaking && $0.next != .end }
        if done < gated.decision.ready.count, outcomes.isEmpty || isLeft {
            outcomes.append(.operationsLeft)
        }
        return ExitStatus(outcomes)
    }
}
