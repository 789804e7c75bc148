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
        plan: @escaping (PassContext) throws -> PlanningPass.Result = {
            try $0.planAhead(mayAsk: true)
        }
    ) {
        self.pass = pass
        self.faults = faults
        self.plan = plan
    }

    /// Runs the pass while it holds the environment's lease.
    ///
    /// Throws only before any shard was changed; the outcome of operations is in the report.
    package func run() throws -> ReconcileReport {
        let lease = try lease()
        defer { withExtendedLifetime(lease) {} }
        var atWork = pass.hooks.flights?.beginPass() ?? OperationsAtWork()
        try withdrawOffers(but: atWork)
        let (recovered, resumed) = try recover(but: &atWork)
        let planned = try plan(pass)
        defer { planned.workspaces.close() }
        if let compared = pass.hooks.compared {
            let drift = pass.drift(planned)
            let now = pass.hooks.clock.now
            let suspensions = try planned.snapshot?.suspensions().filter { !$0.isOver(at: now) }
            compared(
                drift, FleetReport(planned, drift, suspensions: suspensions ?? [], at: now))
        }
        let unsettled = Set(
            recovered.filter { $0.finding == .unknown }.map(\.key.shardID))
        let gated = try pass.gate(planned, unsettled: unsettled, atWork: atWork)
        pass.hooks.flights?.heed(gated.mayBegin, places: planned.targets)
        var ready = gated.decision.ready.filter { !unsettled.contains($0.key.shardID) }
        if pass.hooks.interrupt.isRaised { ready = [] }
        pass.hooks.stage("recording the plan")
        let rollouts = RolloutLedger(pass: pass, context: pass.context, atWork: atWork)
        try rollouts.endRollbacks(planned)
        let opened = try rollouts.open(planned, gated, ready: ready)
        let others = opened.setAside.union(atWork.shards)
        var driven = opened.rollouts
        pass.hooks.flights?.want(Set(ready.map(\.key.shardID)).intersection(atWork.shards))
        Convergence(
            pass: pass, faults: faults, rollouts: rollouts, planned: planned,
            ready: ready.filter { !others.contains($0.key.shardID) },
            resumed: resumed.filter { !unsettled.contains($0.key.shardID) }
        ).drive(&driven, under: lease)
        let result = Convergence.whole(driven)
        if result.journalFailure == nil {
            try finalize(&driven, rollouts, unready: unready(planned, gated))
        }
        FormerTables(pass: pass).clear(planned, but: others)
        let closing = RolloutLedger.Closing(planned: planned, gated: gated, result: result)
        var reports = try close(rollouts, driven, closing)
        if pass.request.backsOff, pass.hooks.flights?.isEmpty != false {
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

    /// Runs the finalizers that are due, and waits for their next attempts as it does for bakes.
    private func finalize(
        _ driven: inout [RolloutDrive.Driven], _ rollouts: RolloutLedger, unready: Set<String>
    ) throws {
        let (clock, interrupt) = (pass.hooks.clock, pass.hooks.interrupt)
        while true {
            try rollouts.finalize(&driven, unready: unready)
            guard pass.request.waitsForBakes, let next = try rollouts.nextAttempt(of: driven)
            else { return }
            let seconds = max(0, next.secondsSince1970 - clock.now.secondsSince1970)
            pass.hooks.stage("waiting for a finalizer's next attempt at \(next)")
            guard clock.wait(seconds: Double(seconds), unless: interrupt) else { return }
        }
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
        for item in gated.unread { unready.formUnion(item.namespaces) }
        let now = pass.hooks.clock.now
        for suspension in try planned.snapshot?.suspensions() ?? []
        where !suspension.isOver(at: now) {
            unready.insert(suspension.namespace)
        }
        return unready
    }

    /// The environment's lease, which earlier passes of a loop may hold for work that goes on.
    private func lease() throws -> EnvironmentLease {
        let ledger = pass.store.ledger
        if let shared = pass.hooks.flights?.lease(for: ledger) { return shared }
        let command = pass.request.backsOff ? "daemon" : "reconcile"
        let name = pass.hooks.shares ? ", \(pass.context.sharing(of: pass.store).name)" : ""
        return try ledger.lease(
            pass.store.environment, holder: "\(command) by \(pass.request.actor.name)\(name)")
    }

    // MARK: What a dead run left

    /// Takes back what a process has offered to workers that is not there any more: what may begin
    /// is for this pass to say. Costs a look where nothing is offered.
    private func withdrawOffers(but atWork: OperationsAtWork) throws {
        guard let snapshot = try pass.store.snapshot() else { return }
        for rollout in try snapshot.offeredRollouts() where !atWork.rollouts.contains(rollout) {
            try RolloutOffer.withdraw(rollout, in: pass.store)
        }
    }

    /// Settles what can be; what an engine has begun beside its table goes on where it was.
    ///
    /// - Parameter atWork: gets what other workers are at, too.
    private func recover(but atWork: inout OperationsAtWork) throws -> (
        [ReconcileReport.Recovered], resumed: [OperationKey: PendingRecord]
    ) {
        guard let snapshot = try pass.store.snapshot() else { return ([], [:]) }
        // Those that cannot be read set their shards aside, and nothing else.
        let all = try snapshot.pendingList().records.filter {
            !atWork.rollouts.contains($0.rollout)
        }
        let servers = try claimServers(of: all, in: snapshot)
        defer { servers.giveBack() }
        let left = all.filter { servers.isOurs($0) }
        for record in all where !servers.isOurs(record) {
            atWork.keys[record.key] = record.rollout
            atWork.shards.insert(record.key.shardID)
        }
        guard !left.isEmpty else { return ([], [:]) }
        let unread = try Self.unread(left, in: snapshot)
        let pending = left.filter { unread[$0.key] == nil }
        pass.hooks.stage(
            "settling \(Count.of(pending.count, "unfinished operation"))")
        let shards = try pass.fleet.resolve(pass.environment) { server, like in
            try pass.context.discover(server, like: like)
        }
        // A statement that a dead run left may end soon. A loop looks again with its next pass.
        let opener = { [pass] (seconds: Int) in
            pass.shardAccess.opener(
                of: shards.targets, waitSeconds: seconds, isForChanges: false)
        }
        let recovery = Recovery(
            opener: opener(pass.request.backsOff ? 1 : 30), hasty: opener(0),
            journal: LedgerJournal(store: pass.store, claim: servers.claim),
            faults: faults, engines: pass.engines)
        let whereabouts = Whereabouts(shards)
        try RolloutLedger(pass: pass, context: pass.context).noteAstray(pending, whereabouts)
        let found =
            try recovery.settle(pending, obstacle: whereabouts.obstacle)
            + unread.sorted { $0.key < $1.key }.map { key, reason in
                .init(key: key, finding: .unknown, message: reason)
            }
        let keys = Set(found.filter { $0.finding == .resumed }.map(\.key))
        let resumed = pending.filter { keys.contains($0.key) }.map { ($0.key, $0) }
        return (found, Dictionary(resumed) { first, _ in first })
    }

    /// Takes the servers on which operations have begun that have no outcome: those that another
    /// process has are left to it.
    private func claimServers(
        of pending: [PendingRecord], in snapshot: RecordSnapshot
    ) throws -> ServersOfPending {
        let sharing = pass.context.sharing(of: pass.store)
        guard pass.hooks.shares, !pending.isEmpty, try sharing.look() else {
            return ServersOfPending(pending, sharing.claims, isShared: false)
        }
        // Whoever reads a server that is not reached from here settles what was left there.
        let names = Set(try snapshot.askedServers())
        let leases = try names.isEmpty ? nil : SightLeases(of: pass.store)
        return ServersOfPending(pending, sharing.claims, isShared: true) { server in
            names.contains(server.description) && leases?[server] != nil
        }
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

    // MARK: The end

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
        let result = Convergence.whole(rollouts)
        let isEnding = pass.hooks.interrupt.isRaised
        var outcomes = gated.decision.held.map(\.hold.outcome)
        if let failure = result.journalFailure {
            outcomes.append(failure.isLocked ? .ledgerLocked : .ledgerUnwritable)
        }
        if !planned.plan.unknown.isEmpty || !gated.unread.isEmpty
            || result.journalFailure == nil
                && reports.contains(where: { $0.rollout != nil && $0.state == nil })
        {
            outcomes.append(.shardUnknown)
        }
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
        if rollouts.contains(where: \.isInFlight) { outcomes.append(.operationAtWork) }
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
