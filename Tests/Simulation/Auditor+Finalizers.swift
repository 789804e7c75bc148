import Basics
import Model
import Reconciler

/// What must be so of the programs that run after the shards of a rollout.
extension Auditor {
    /// How often one ran, and what is known of it.
    struct FinalizerRuns {
        /// Whether a run ended well, or in a way that nobody may repeat.
        var isDone = false
        /// Whether a run began of which nobody knows how it ended.
        var isOpen = false
    }

    /// It begins: with its intent durable, after all of its shards, and never beside another run.
    func began(_ place: LedgerMirror.FinalizerPlace, by process: SimulatedProcess) {
        world.locked {
            world.count.finalizers += 1
            if mirror.finalizers[place]?.state != .running {
                world.fail("\(place) runs, and the ledger does not know that it was started")
            }
            let runs = finalizerRuns[place] ?? FinalizerRuns()
            // One that may run again does where its process died before it was recorded.
            if runs.isDone || runs.isOpen, mirror.finalizers[place]?.isIdempotent != true {
                world.fail("\(place) runs again, and nobody asked")
            }
            if world.programs.values.contains(where: { $0 > world.secondsNow }) {
                world.fail("\(place) runs beside an earlier run")
            }
            let number = mirror.rollouts[place.rollout]?.number ?? 0
            for other in finalizerRuns.keys where other.namespace == place.namespace {
                guard let later = mirror.rollouts[other.rollout]?.number, later > number else {
                    continue
                }
                world.fail("\(place) runs after that of the later rollout \(other.rollout)")
            }
            finalizerRuns[place] = FinalizerRuns(isOpen: true)
        }
    }

    /// A process was told how a run ended.
    func ended(_ place: LedgerMirror.FinalizerPlace, _ attempt: FinalizerMachine.Attempt) {
        world.locked {
            switch attempt {
            case .exited(0, _): finalizerRuns[place] = FinalizerRuns(isDone: true, isOpen: true)
            // What is known to have failed is run again where it asks for that, or a person does.
            case .exited, .lost, .retryable: finalizerRuns[place] = FinalizerRuns()
            case .unknown: break
            }
        }
    }

    /// Looks at what a commit says of finalizers.
    func auditFinalizers(
        _ change: LedgerMirror.Change, _ before: LedgerMirror,
        _ events: inout [TrailAudit.Event]
    ) {
        for place in change.finalizers.keys.sorted() {
            guard let (old, new) = change.finalizers[place], let new, old != new else { continue }
            guard let old else {
                if new.state != .pending { world.fail("\(place) began as \(new.state)") }
                continue
            }
            guard let kind = Self.event(of: new.state) else {
                judgeRetried(place, old, &events)
                continue
            }
            guard let found = events.firstIndex(where: { $0 == .init(kind: kind, key: "\(place)") })
            else {
                // Who unlocks a rollout skips what nobody can read.
                if !events.contains(where: { TrailAudit.isOfMany($0.kind) }) {
                    world.fail("\(place) became \(new.state) without an event")
                }
                continue
            }
            events.remove(at: found)
            if old.state.isTerminal { world.fail("\(place) was \(old.state), now \(new.state)") }
            switch new.state {
            case .running: judgeStarted(place, before)
            case .skipped: judgeSkipped(place, events)
            case .completed:
                if finalizerRuns[place]?.isDone != true {
                    world.fail("\(place) counts as completed, and did not run to its end")
                }
            case .pending, .failedRetryable, .unknown, .failed: break
            }
        }
        for event in events where event.kind.hasPrefix("finalizer-") {
            // A call that may run again is started again as it was.
            let again = before.finalizers.first { "\($0.key)" == event.key && $0.value.call != nil }
            if event.kind == "finalizer-started", let again, again.value.state == .running,
                again.value.isIdempotent
            {
                judgeStarted(again.key, before)
                continue
            }
            world.fail("\(event.kind) \(event.key): nothing of it happened in its commit")
        }
    }

    private static func event(of state: FinalizerState) -> String? {
        switch state {
        case .pending: nil
        case .running: "finalizer-started"
        case .failedRetryable: "finalizer-failed-retryable"
        case .unknown: "finalizer-unknown"
        case .completed: "finalizer-completed"
        case .failed: "finalizer-failed"
        case .skipped: "finalizer-skipped"
        }
    }

    private func judgeStarted(_ place: LedgerMirror.FinalizerPlace, _ before: LedgerMirror) {
        guard let mark = before.marks[place.rollout] else {
            return world.fail("\(place) started after its rollout had ended")
        }
        if mark.stop != nil { world.fail("\(place) started after the rollout was stopped") }
        if mark.pause != nil { world.fail("\(place) started while the rollout was paused") }
        let number = before.rollouts[place.rollout]?.number ?? 0
        for (other, record) in before.finalizers
        where other.namespace == place.namespace && !record.state.isTerminal {
            guard let older = before.rollouts[other.rollout]?.number, older < number else {
                continue
            }
            world.fail("\(place) started, and \(other) is \(record.state)")
        }
        for operation in operations(of: place) where before.state(operation) != .completed {
            world.fail("\(place) started before \(operation) had completed")
        }
    }

    /// A shard did not get its change, or somebody took the rollout back.
    private func judgeSkipped(
        _ place: LedgerMirror.FinalizerPlace, _ events: [TrailAudit.Event]
    ) {
        guard !events.contains(where: { TrailAudit.isOfMany($0.kind) }) else { return }
        let states = operations(of: place).map { mirror.state($0) }
        if states.allSatisfy({ $0 == .completed }) {
            world.fail("\(place) was skipped, and all of its operations completed")
        }
        if !states.allSatisfy({ $0?.isTerminal == true }) {
            world.fail("\(place) was skipped before its operations had ended")
        }
    }

    /// A person wants it again: what ran before does not count any more.
    private func judgeRetried(
        _ place: LedgerMirror.FinalizerPlace, _ old: FinalizerRecord,
        _ events: inout [TrailAudit.Event]
    ) {
        let isAsked = events.contains { $0.kind == "rollout-retried" }
        let own = events.firstIndex { $0 == .init(kind: "finalizer-retried", key: "\(place)") }
        if let own { events.remove(at: own) }
        if own == nil, !isAsked { world.fail("\(place) is to run again, and nobody asked") }
        if old.state == .completed || old.state == .skipped || old.state == .running {
            world.fail("\(place) was \(old.state) and is to run again")
        }
        finalizerRuns[place] = finalizerRuns[place].map { _ in FinalizerRuns() }
    }

    private func operations(of place: LedgerMirror.FinalizerPlace) -> [LedgerMirror.Place] {
        let keys = mirror.rollouts[place.rollout]?.operationKeys ?? []
        return keys.filter { $0.namespace == place.namespace }.map {
            LedgerMirror.Place(rollout: place.rollout, key: $0)
        }
    }
}
