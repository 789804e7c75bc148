import Basics
import Ledger
import Model
import Schema

/// What must be so where an operation begins.
extension Auditor {
    /// What must be so where an operation begins.
    func judgeStart(
        _ place: LedgerMirror.Place, _ before: LedgerMirror, _ now: Timestamp,
        _ process: SimulatedProcess?
    ) {
        guard let rollout = before.rollouts[place.rollout] else {
            return world.fail("\(place) started without a rollout")
        }
        guard let record = before.operations[place] else {
            return world.fail("\(place) started without a record")
        }
        // An engine's work beside the table begins; the table changes with its cutover.
        let isStaged = mirror.operations[place]?.engine != nil
        let parks = parks(rollout) && !isStaged
        let isDue =
            parks
            ? record.state == .waitingForCutover
            : record.state == .pending || record.state == .failedRetryable
        if !isDue { return world.fail("\(place) started and was \(record.state)") }
        judgeStandstill(place, before)
        if !world.hasThreads {
            let failures = before.states(of: rollout).count { $0 == .failed }
            if rollout.policy == .halt, failures > 0 {
                world.fail("\(place) started after a failure, under halt")
            }
            if let limit = rollout.maxFailures, failures >= limit {
                world.fail("\(place) started after \(failures) failures of at most \(limit)")
            }
            if let other = before.pending.keys.first(where: {
                $0.shardID == place.key.shardID && $0 != place.key
                    && !before.isLeftAlone($0)
            }) {
                world.fail("\(place) started while \(other) had not ended")
            }
        }
        if before.damaged.values.contains(where: { $0.key.shardID == place.key.shardID }) {
            world.fail("\(place) started, and its shard is set aside")
        }
        judgeSuspension(place, before, now)
        judgeRetry(place, record, rollout, before, now)
        if !isStaged || !self.parks(rollout) { judgeTurn(place, rollout, before, now, process) }
    }

    /// Whether what is ready waits for its cutover.
    func parks(_ rollout: RolloutRecord) -> Bool {
        (rollout.cutover ?? .rolling).parks(of: rollout.operationKeys.count)
    }

    /// Nothing begins in a rollout that has ended or that somebody holds.
    func judgeStandstill(_ place: LedgerMirror.Place, _ before: LedgerMirror) {
        guard let mark = before.marks[place.rollout] else {
            return world.fail("\(place) started after the rollout had ended")
        }
        if mark.stop != nil { world.fail("\(place) started after the rollout was stopped") }
        if mark.pause != nil { world.fail("\(place) started while the rollout was paused") }
    }

    /// Whether it is the turn of an operation to change its table, or to begin where nothing waits
    /// for a cutover.
    func judgeTurn(
        _ place: LedgerMirror.Place, _ rollout: RolloutRecord, _ before: LedgerMirror,
        _ now: Timestamp, _ process: SimulatedProcess?
    ) {
        let parks = parks(rollout)
        if parks { judgeCutover(place, rollout, before) }
        // Where all change their tables at once, waves only say in which order they get ready.
        // Who names a shard wants its cutover now, whatever its wave.
        let isNamed =
            rollout.cutover == .manual
            && before.marks[place.rollout]?.cutovers?.contains {
                $0.shards?.contains(place.key.shardID) == true
            } == true
        if !isNamed, !parks || rollout.cutover != .parallel {
            judgeWave(place, rollout, before, now)
            if let process { judgeHealth(place, rollout, before, process) }
        }
        began.insert(place)
    }

    /// The latest time that it can have been when somebody looked before this commit.
    func latest(_ now: Timestamp) -> Timestamp { max(now, world.latestTime) }

    func judgeSuspension(
        _ place: LedgerMirror.Place, _ before: LedgerMirror, _ now: Timestamp
    ) {
        for suspension in before.suspensions.values {
            guard suspension.namespace == place.key.namespace,
                suspension.shard == nil || suspension.shard == place.key.shard
            else { continue }
            let end = suspension.until.flatMap(Timestamp.init(iso:))
            if end.map({ $0 <= latest(now) }) != true {
                world.fail("\(place) started, and \(suspension.subject) is suspended")
            }
        }
    }

    /// Nothing begins on a shard before the next attempt there is due, and none beyond the budget.
    private func judgeRetry(
        _ place: LedgerMirror.Place, _ record: OperationRecord, _ rollout: RolloutRecord,
        _ before: LedgerMirror, _ now: Timestamp
    ) {
        for key in rollout.operationKeys where key.shardID == place.key.shardID {
            // What was at work beside it may have begun just then.
            guard !world.hasThreads || key == place.key else { continue }
            let other = LedgerMirror.Place(rollout: place.rollout, key: key)
            guard let known = before.operations[other], !known.state.isTerminal else { continue }
            let next = known.nextAttemptAt.flatMap(Timestamp.init(iso:))
            if let next, latest(now) < next {
                world.fail("\(place) started at \(now), and \(key) is tried again at \(next)")
            }
        }
        let budget = rollout.retries ?? .standard
        if record.attempts >= budget.attempts {
            world.fail("\(place) started after \(record.attempts) of \(budget.attempts) attempts")
        }
    }

    /// A table changes once all of the rollout are ready, or once somebody said so.
    private func judgeCutover(
        _ place: LedgerMirror.Place, _ rollout: RolloutRecord, _ before: LedgerMirror
    ) {
        if rollout.cutover == .manual {
            let isAsked = before.marks[place.rollout]?.cutovers?.contains {
                $0.shards?.contains(place.key.shardID) ?? true
            }
            if isAsked != true { world.fail("\(place) was cut over, and nobody said so") }
            return
        }
        for key in rollout.operationKeys {
            let other = LedgerMirror.Place(rollout: place.rollout, key: key)
            let hasEnded = before.operations[other]?.state.isTerminal == true
            guard !hasEnded, !parked.contains(other) else { continue }
            world.fail("\(place) was cut over, and \(key) was not ready")
        }
    }

    /// Before the first change of a later wave, the wave before said that it is well.
    private func judgeHealth(
        _ place: LedgerMirror.Place, _ rollout: RolloutRecord, _ before: LedgerMirror,
        _ process: SimulatedProcess
    ) {
        guard world.conditions.asksEach != nil,
            let wave = rollout.waves.firstIndex(where: { $0.contains(place.key) }),
            !rollout.waves[wave].contains(where: {
                began.contains(LedgerMirror.Place(rollout: place.rollout, key: $0))
            })
        else { return }
        for keys in rollout.waves[..<wave].reversed() {
            let changed = keys.filter {
                let state = before.operations[LedgerMirror.Place(rollout: rollout.id, key: $0)]?
                    .state
                return state == .completed || state == .failed
            }
            guard !changed.isEmpty else { continue }
            for shard in Set(changed.map(\.shardID)).sorted()
            where process.wellbeing[shard] != true {
                let words = process.wellbeing[shard] == nil ? "was not asked" : "is not well"
                world.fail("\(place) started a wave, and \(shard) \(words)")
            }
            return
        }
    }

    func judgeWave(
        _ place: LedgerMirror.Place, _ rollout: RolloutRecord, _ before: LedgerMirror,
        _ now: Timestamp
    ) {
        for (number, wave) in rollout.waves.enumerated() {
            if wave.contains(place.key) { return }
            var last: Timestamp?
            for key in wave {
                let other = LedgerMirror.Place(rollout: place.rollout, key: key)
                guard let record = before.operations[other], record.state.isTerminal else {
                    return world.fail("\(place) started before \(key) of an earlier wave ended")
                }
                guard record.state == .completed || record.state == .failed else { continue }
                let end = record.endedAt.flatMap(Timestamp.init(iso:))
                if let end, last.map({ $0 < end }) ?? true { last = end }
            }
            guard let last, rollout.bakeSeconds[number] > 0 else { continue }
            let opens = last.adding(seconds: Int64(rollout.bakeSeconds[number]))
            if max(now, world.latestTime) < opens {
                world.fail("\(place) started at \(now), in a bake until \(opens)")
            }
        }
    }

    /// What must be so where an operation fails, rests or is ready.
    func judgeRest(_ place: LedgerMirror.Place, _ record: OperationRecord) {
        guard let rollout = mirror.rollouts[place.rollout] else { return }
        switch record.state {
        case .failed:
            guard rollout.policy == .pause, let mark = mirror.marks[place.rollout] else { return }
            if mark.pause == nil { world.fail("\(place) failed, and nothing paused") }
        case .waitingForCutover: parked.insert(place)
        case .failedRetryable where retried.contains(place.rollout): return
        case .failedRetryable:
            let budget = rollout.retries ?? .standard
            let since = record.failingSince.flatMap(Timestamp.init(iso:))
            guard let since, let next = record.nextAttemptAt.flatMap(Timestamp.init(iso:)) else {
                return world.fail("\(place) rests, and it is not known until when")
            }
            if record.attempts >= budget.attempts
                || since.adding(seconds: Int64(budget.withinSeconds)) < next
            {
                world.fail("\(place) rests until \(next) after \(record.attempts) attempts")
            }
        case .pending, .leased, .preparing, .running, .cuttingOver, .verifying, .completed,
            .superseded, .cancelled:
            return
        }
    }

    /// A statement is not sent more often than the budget says.
    func judgeAttempts(_ run: Run, by process: SimulatedProcess) {
        let sending = Sending(process: process.number, run: run)
        sent[sending, default: 0] += 1
        let budget = mirror.rollouts[run.place.rollout]?.retries ?? .standard
        if sent[sending, default: 0] > budget.attempts {
            world.fail("\(run.place): statement \(run.index) was sent too often")
        }
    }

    /// The count of attempts begins anew.
    func forgetAttempts(of isMeant: (LedgerMirror.Place) -> Bool) {
        sent = sent.filter { !isMeant($0.key.run.place) }
    }

    /// The canaries of a new rollout are its first wave.
    func auditWaves(_ change: LedgerMirror.Change) {
        guard world.conditions.hasCanaries else { return }
        let canaries = Set(world.conditions.canaries.map { "s\($0)" })
        for (id, (old, new)) in change.rollouts {
            guard old == nil, let new, let first = new.waves.first else { continue }
            let shards = Set(new.operationKeys.map(\.shard)).intersection(canaries)
            guard !shards.isEmpty, Set(first.map(\.shard)) != shards else { continue }
            world.fail("rollout \(id) begins with \(first), and its canaries are \(shards)")
        }
    }
}
