import Basics
import Model
import Schema

/// What must be so of an engine that works beside tables.
extension Auditor {
    /// Whether the engine's statement may run now; it is about to be sent. Nil where nobody knows
    /// whose it is.
    func judge(
        _ meaning: StageMeaning, on shard: ShardID, by process: SimulatedProcess, _ session: Int,
        seen: Digest??
    ) -> (place: LedgerMirror.Place, run: Run?)? {
        world.count.statements += 1
        let key = OperationKey(
            shard: shard, object: ObjectName(.table, Shape.name(meaning.table)))
        if world.shards[shard]?.owner != session {
            world.fail("\(key): `\(meaning.sql)` without the shard's lock")
        }
        guard let pending = mirror.pending[key], let step = mirror.step(pending) else {
            world.fail("\(key): `\(meaning.sql)` without a pending record")
            return nil
        }
        let place = LedgerMirror.Place(rollout: pending.rollout, key: key)
        let record = mirror.operations[place]
        guard step.engine == SimulatedEngine.name, record?.engine == step.engine,
            let document = pending.engine.flatMap(SimulatedEngine.Document.init)
        else {
            world.fail("\(place): `\(meaning.sql)`, and the ledger knows of no engine's state")
            return nil
        }
        let isWaiting = record?.state == .waitingForCutover || record?.state == .cuttingOver
        switch meaning {
        case .make:
            if document.copied != nil { world.fail("\(place) makes a copy that is recorded") }
            if isWaiting { world.fail("\(place) makes a copy once it was ready") }
        case .copy(_, let part):
            if document.copied != part {
                world.fail("\(place) copies part \(part), and \(document) is recorded")
            }
            if isWaiting { world.fail("\(place) copies once it was ready") }
        case .swap:
            return (place, judgeSwap(place, step.from, document, record, process, seen))
        case .tidy: break
        }
        return (place, nil)
    }

    private func judgeSwap(
        _ place: LedgerMirror.Place, _ from: Digest?, _ document: SimulatedEngine.Document,
        _ record: OperationRecord?, _ process: SimulatedProcess, _ seen: Digest??
    ) -> Run {
        let run = Run(place: place, index: 0)
        let table = Int(place.key.object.name.dropFirst()) ?? 0
        let count = world.conditions.partCount
        if record?.state != .cuttingOver {
            world.fail("\(place) is cut over, and it is not recorded: \(record?.state as Any)")
        }
        if document.copied != count {
            world.fail("\(place) is cut over, and \(document) is recorded")
        }
        if let copy = world.shards[place.key.shardID]?.copies[table] {
            if copy.place != place { world.fail("\(place) is cut over with \(copy.place)'s copy") }
            if copy.parts != (1 << UInt8(count)) - 1 {
                world.fail("\(place) is cut over, and rows are missing: \(copy.parts)")
            }
        }
        // Somebody may change the table after it was read: nobody can help that.
        if seen != .some(from) {
            world.fail("\(place) is cut over, and its table was not seen to be as planned")
        }
        if hasRun(run) { world.fail("\(place): it is cut over again") }
        judgeAttempts(run, by: process)
        return run
    }

    /// What must be so where it is recorded that an engine lets its copy take the table's place.
    func judgeStagedCutover(
        _ place: LedgerMirror.Place, _ before: LedgerMirror, _ events: inout [TrailAudit.Event],
        _ now: Timestamp, _ process: SimulatedProcess?
    ) {
        if let event = events.firstIndex(where: {
            $0.kind == "operation-cutting-over" && $0.key == "\(place)"
        }) {
            events.remove(at: event)
        } else {
            world.fail("\(place) is cut over without an event")
        }
        guard let rollout = before.rollouts[place.rollout] else { return }
        judgeStandstill(place, before)
        judgeSuspension(place, before, now)
        if before.damaged.values.contains(where: { $0.key.shardID == place.key.shardID }) {
            world.fail("\(place) is cut over, and its shard is set aside")
        }
        if !world.hasThreads {
            let failures = before.states(of: rollout).count { $0 == .failed }
            if rollout.policy == .halt, failures > 0 {
                world.fail("\(place) is cut over after a failure, under halt")
            }
            let windows = world.fleet.policy.changeWindows
            if let closed = windows.closed(at: now.date), windows.closed(at: world.time.date) != nil
            {
                world.fail("\(place) is cut over at \(now), outside \(closed.name)")
            }
        }
        if let pending = mirror.pending[place.key], let step = mirror.step(pending) {
            let from = step.from.flatMap(Shapes.shape)?.columns ?? 0
            let to = step.to.flatMap(Shapes.shape)?.columns ?? 0
            judgeApproval(of: pending, place, isLossy: from & ~to != 0, now)
        }
        if parks(rollout) {
            if before.state(place) != .waitingForCutover {
                world.fail("\(place) is cut over, and was \(before.state(place) as Any)")
            }
            judgeTurn(place, rollout, before, now, process)
            judgeOrder(place, rollout, before, process)
        }
    }

    /// Under `barrier` tables change in the order of the rollout; what could not be changed when
    /// its turn came is tried again later.
    func judgeOrder(
        _ place: LedgerMirror.Place, _ rollout: RolloutRecord, _ before: LedgerMirror,
        _ process: SimulatedProcess?
    ) {
        guard rollout.cutover == .barrier, let process else { return }
        let number = rollout.operationKeys.firstIndex(of: place.key) ?? 0
        let last = process.lastCutovers[place.rollout] ?? -1
        if number < last, process.cutoverVisits[place.key.shardID] ?? 0 < 2 {
            world.fail("\(place) is cut over after one that comes later")
        }
        process.lastCutovers[place.rollout] = max(number, last)
    }

    /// What waits for its cutover ends with it, because its rollout halted, or because somebody or
    /// a newer plan wants something else: never because time has passed.
    func judgeEndOfWait(
        _ place: LedgerMirror.Place, _ new: OperationRecord, _ before: LedgerMirror,
        _ events: [TrailAudit.Event]
    ) {
        guard new.state == .cancelled, let rollout = before.rollouts[place.rollout] else { return }
        let failures = before.states(of: rollout).count { $0 == .failed }
        let isHalted = rollout.failureRule.isHalted(failures: failures)
        let isAsked = events.contains { $0.kind == "rolled-back" || $0.kind == "shard-unlocked" }
        // What an engine made stays when somebody takes its rollout back, until a pass removes it.
        let isTakenBack = before.marks[place.rollout]?.stop?.rollback != nil
        if !isHalted, !isAsked, !isTakenBack {
            world.fail("\(place) waited for its cutover, and was cancelled: \(new.message ?? "")")
        }
    }

    /// Nothing stays beside a table of an operation that has ended.
    func judgeLeftovers(_ place: LedgerMirror.Place, _ events: [TrailAudit.Event]) {
        guard !events.contains(where: { $0.kind == "shard-unlocked" }) else { return }
        let left = world.shards[place.key.shardID]?.leftovers(of: place) ?? []
        if !left.isEmpty { world.fail("\(place) has ended, and \(left) is left") }
    }
}
