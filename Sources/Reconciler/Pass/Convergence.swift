import Desired
import Diff
import Execution
import Ledger
import Model
import Observed
import Reports
import Schema

/// How a pass drives the rollouts that are open: what of them may begin, and with what.
///
/// It is made once the plan and the rollouts are recorded.
struct Convergence {
    let pass: PassContext
    let faults: FaultPoints
    let rollouts: RolloutLedger
    let planned: PlanningPass.Result
    /// What may begin, on shards that nobody else is at.
    let ready: [Gate.Ready]
    /// What engines have begun, which goes on.
    let resumed: [OperationKey: PendingRecord]

    /// Drives what may be driven of the rollouts; what goes on beyond the patience of a loop is
    /// marked.
    func drive(_ driven: inout [RolloutDrive.Driven], under lease: EnvironmentLease) {
        let places = driven.indices.filter { !driven[$0].isInFlight }
        guard !places.isEmpty else { return }
        var own = places.map { driven[$0] }
        for place in own.indices {
            for (key, _) in own[place].operations {
                guard let record = resumed[key] else { continue }
                own[place].engines[key] = record.engine
                own[place].outdated[key] = outdated(record)
            }
        }
        pass.hooks.stage("converging")
        let keys = Set(ready.map(\.key)).union(resumed.keys)
        guard let flights = pass.hooks.flights else {
            drive(keys).run(&own)
            for (place, one) in zip(places, own) { driven[place] = one }
            remember(own)
            pass.hooks.stage("closing the rollout")
            return
        }
        pass.hooks.lasting(flights.patienceSeconds)
        let (whole, begun) = (Handed(value: self), Handed(value: own))
        let ended = flights.drive(
            own.map { $0.work(on: keys, planned.targets) }, under: lease,
            {
                var own = begun.value
                whole.value.drive(keys).run(&own)
                whole.value.remember(own)
                return Handed(value: own)
            },
            after: { own in
                if let failure = Self.whole(own.value).journalFailure { throw failure }
                try whole.value.rollouts.close(own.value)
            })
        for (number, place) in places.enumerated() {
            if let ended {
                driven[place] = ended.value[number]
            } else {
                driven[place].isInFlight = true
            }
        }
        pass.hooks.stage("closing the rollout")
    }

    /// Why something that had begun may not be cut over any more; nil where it may, and where the
    /// plan still wants it, so that it can be approved once more.
    private func outdated(_ record: PendingRecord) -> String? {
        let key = record.key
        let isWanted = planned.plan.steps.contains { step in
            step.object == key.object && step.namespace == key.namespace
                && step.shards.contains(key.shard)
                && step.from == record.step.from && step.to == record.step.to
        }
        guard !isWanted, case .known = planned.observation[key.shardID] else { return nil }
        // Where the ledger cannot be read just now, the next pass asks again.
        guard let reason = try? LedgerJournal(store: pass.store).refusal(of: record) else {
            return nil
        }
        return "\(reason), and a newer plan does not want it any more"
    }

    /// What one thread hands over to another, and does not touch any more.
    private struct Handed<Value>: @unchecked Sendable {
        let value: Value
    }

    private func drive(_ keys: Set<OperationKey>) -> RolloutDrive {
        let concurrency = pass.fleet.policy.rollout.concurrency
        let opener = pass.shardAccess.opener(
            of: planned.targets, waitSeconds: 0, isForChanges: true)
        let sharing = pass.context.sharing(of: pass.store)
        let targets = planned.targets
        var drive = RolloutDrive(
            run: { [self] driven, works in
                let runner = RolloutRunner(
                    opener: opener,
                    journal: LedgerJournal(
                        store: pass.store,
                        claim: { shard in
                            targets[shard].flatMap { sharing.claims.claim(of: $0.server) }
                        },
                        heard: { mark in driven.control.throttle(mark.throttle?.shards) }),
                    clock: pass.hooks.clock, control: driven.control,
                    isInOrder: driven.isInOrder, total: concurrency.total,
                    perServer: concurrency.perHost, faults: faults,
                    listener: pass.hooks.listener, places: pass.context.places,
                    engines: pass.engines,
                    budget: driven.record.retries ?? .standard)
                guard pass.hooks.shares else { return runner.run(works) }
                return batch(driven, runner, sharing, concurrency).run(works)
            },
            resume: { [rollouts, ready] record throws(JournalFailure) in
                do throws(LedgerError) {
                    try rollouts.resume(record, ready)
                } catch {
                    throw JournalFailure(error)
                }
            },
            isReady: keys.contains, work: rollouts.works(ready, planned, resumed: resumed),
            clock: pass.hooks.clock, interrupt: pass.hooks.work,
            listener: pass.hooks.listener, waits: pass.request.waitsForBakes)
        drive.health = rollouts.healthGate(planned)
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
        return drive
    }

    /// A batch of a rollout, which other workers may help with.
    private func batch(
        _ driven: RolloutDrive.Driven, _ runner: RolloutRunner, _ sharing: WorkSharing,
        _ concurrency: Concurrency
    ) -> SharedBatch {
        let left = LeftOnServer(
            store: pass.store, access: pass.shardAccess, engines: pass.engines,
            faults: faults, claim: { sharing.claims.claim(of: $0) })
        let (windows, clock) = (pass.fleet.policy.changeWindows, pass.hooks.clock)
        return SharedBatch(
            sharing: sharing, store: pass.store, rollout: driven.record, control: driven.control,
            runner: runner, places: planned.targets,
            labels: Dictionary(
                planned.shards.filter { !$0.labels.isEmpty }.map { ($0.id, $0.labels) }
            ) { first, _ in first },
            serverLimit: Assistant.servers(concurrency.total, perServer: concurrency.perHost),
            perServer: concurrency.perHost, after: pass.environment.after.map(\.value),
            until: { windows.openUntil(clock.now) },
            settle: { try left.settle(on: $0) }, isOffered: driven.isOfferable,
            unreached: planned.far.obstacles, isInOrder: driven.isInOrder)
    }

    /// Starts the back-off of operations that could not begin, so that a loop does not try them in
    /// each pass: nothing is recorded of them. What failed has its time in the ledger.
    private func remember(_ driven: [RolloutDrive.Driven]) {
        let result = Self.whole(driven)
        let waits = pass.context.operationBackOff
        for item in ready {
            guard result.outcomes[item.key] == nil else {
                waits.succeeded(item.target)
                continue
            }
            // What was suspended goes on as soon as it is resumed.
            if let obstacle = result.obstacles[item.key.shardID], !obstacle.isSuspended {
                waits.failed(item.target, now: pass.hooks.clock.now)
            }
        }
    }

    /// What became of the operations of all rollouts.
    static func whole(_ rollouts: [RolloutDrive.Driven]) -> RolloutRunner.Result {
        var whole = RolloutRunner.Result()
        for driven in rollouts {
            whole.outcomes.merge(driven.result.outcomes) { _, new in new }
            whole.obstacles.merge(driven.result.obstacles) { _, new in new }
            whole.journalFailure = whole.journalFailure ?? driven.result.journalFailure
        }
        return whole
    }
}

extension RolloutDrive.Driven {
    /// What of it may begin, for those who want to know how far it is.
    fileprivate func work(
        on keys: Set<OperationKey>, _ places: [ShardID: ObservationTarget]
    ) -> RolloutFlight.Work {
        .init(
            rollout: record.id, control: control,
            keys: Dictionary(grouping: operations.open.filter(keys.contains), by: \.shardID),
            places: places)
    }
}
