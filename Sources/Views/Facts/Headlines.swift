import Diff
import Model
import Reports
import Schema

extension PlanReport {
    /// The result in one sentence, the same in every view.
    package var headline: String {
        var parts: [String] = []
        if steps.isEmpty {
            parts.append(isQuiet ? "no changes: \(inSync)" : "no changes planned")
        } else {
            let shards = Count.of(plan.changingShards.count, "shard")
            parts.append("\(Count.of(steps.count, "change")) on \(shards)")
        }
        parts += heldWords + openWords
        // The exit status says that something differs, so the sentence must, too.
        if parts.count == 1, steps.isEmpty, !isQuiet, !notices.isEmpty {
            parts.append("\(Count.of(notices.count, "note")) to look at")
        }
        return parts.joined(separator: ", ")
    }

    /// `24 shards are as main@3f2a91c says`.
    var inSync: String {
        let verb = plan.shardCount == 1 ? "is" : "are"
        let held = notices.count { $0.code == PlanReport.rolledBack }
        let back = held == 0 ? "" : ", but for what \(Count.of(held, "rollback")) holds"
        return "\(Count.of(plan.shardCount, "shard")) \(verb) as \(plan.revision.label) says\(back)"
    }

    /// Whether nothing changes, nothing is unknown or unsupported, and the exit status agrees.
    var isQuiet: Bool {
        steps.isEmpty && plan.unknown.isEmpty && plan.unsupported.isEmpty && exitStatus == .done
    }

    /// For each kind of hold the number of steps that it stops, at least on some shards.
    var heldWords: [String] {
        var counts: [String: Int] = [:]
        for step in steps {
            for code in Set(step.holds.map(\.code)) { counts[code, default: 0] += 1 }
        }
        let others = counts.keys.filter { !HoldWords.order.contains($0) }.sorted()
        return (HoldWords.order + others).compactMap { code in
            counts[code].map { HoldWords.count($0, code) }
        }
    }

    /// The unknown shards and unsupported tables, as counts.
    var openWords: [String] {
        var parts: [String] = []
        let unknown = Set(plan.unknown.map(\.shard)).count
        if unknown > 0 { parts.append("\(Count.of(unknown, "shard")) unknown") }
        let unsupported = plan.unsupported.count
        if unsupported > 0 { parts.append("\(Count.of(unsupported, "table")) unsupported") }
        return parts
    }
}

extension DriftReport {
    /// The result in one sentence, the same in every view.
    package var headline: String {
        var parts: [String] = []
        for status: TableStatus in [.conflict, .drifted, .pending, .retired] {
            let shards = findings.filter { $0.status == status }.flatMap { finding in
                finding.shards.map { ShardID(namespace: finding.namespace, shard: $0) }
            }
            let count = Set(shards).count
            guard count > 0 else { continue }
            let amount =
                parts.isEmpty ? ShardNames.count(count, of: shardCount) : String(count)
            parts.append("\(amount) \(Self.word(status))")
        }
        if parts.isEmpty {
            let found = unknown.isEmpty && unsupported.isEmpty ? "no drift" : "no drift found"
            parts.append("\(found): \(ShardNames.count(inSyncCount, of: shardCount)) in sync")
        } else {
            parts.append("\(inSyncCount) in sync")
        }
        let missing = Set(unknown.map(\.shard)).count
        if missing > 0 { parts.append("\(missing) unknown") }
        if !unsupported.isEmpty {
            parts.append("\(Count.of(unsupported.count, "table")) unsupported")
        }
        return parts.joined(separator: ", ")
    }

    private static func word(_ status: TableStatus) -> String {
        switch status {
        case .conflict: "in conflict"
        case .retired: "with retired tables"
        case .inSync, .pending, .drifted, .unmanaged, .unknown: FindingFacts.word(status)
        }
    }
}

extension RolloutReport {
    /// The result in one sentence, the same in every view.
    package var headline: String {
        guard let rollout else { return "no rollout in \(environment)" }
        let words = progress.words
        let state = stateWords ?? "undetermined, an operation cannot be read"
        let back = takenBack == nil ? "" : ", taken back"
        return "rollout \(rollout) \(state)\(back)" + (words.isEmpty ? "" : ": \(words)")
    }

    var progress: ProgressCounts {
        var progress = ProgressCounts(byState: counts)
        progress.isTakenBack = takenBack != nil
        return progress
    }

    /// The state in words; nil where it cannot be determined.
    ///
    /// A rollout of which nobody knows whether its finalizer ran does not run: somebody has to
    /// look.
    var stateWords: String? {
        let isDone = counts.keys.allSatisfy(Self.isOver)
        guard state == .running, lookedFor != nil, isDone else { return state.map(Self.word) }
        return "waiting for a look at its finalizer"
    }

    private static func isOver(_ label: String) -> Bool {
        OperationState.allCases.contains { $0.isTerminal && $0.label == label }
    }

    /// The finalizer of which nobody knows whether it ran; nil where there is none.
    var lookedFor: Finalizer? { finalizers?.first { $0.state == .unknown } }

    static func word(_ state: RolloutState) -> String {
        state.rawValue.split(separator: "_").joined(separator: " ")
    }
}

extension RolloutReport {
    /// Why operations that may start have not; nil where none may.
    var turnWords: String? {
        guard let ready, ready > 0, state?.isTerminal == false else { return nil }
        let what = "\(Count.of(ready, "operation")) may start"
        if !active.isEmpty {
            return "\(what) and \(ready == 1 ? "waits" : "wait") for a turn: `rollout.concurrency` "
                + "bounds how many are at work, and on a shard one goes after the other"
        }
        return isServed == true
            ? "\(what) with the daemon's next pass" : "\(what) with the next `plumb reconcile`"
    }
}

extension ReconcileReport {
    /// The result in one sentence, the same in every view.
    package var headline: String {
        var parts: [String] = []
        let done = rollout.progress.words
        if !done.isEmpty { parts.append(done) }
        let isQuiet = plan.isQuiet && exitStatus == .done
        // A rollout that was started and cannot be read is not "nothing done".
        let isOpen = rollout.rollout != nil && rollout.state == nil
        if done.isEmpty {
            parts.append(isQuiet ? "nothing to do" : isOpen ? "undetermined" : "nothing done")
        }
        if isQuiet, done.isEmpty { parts.append(plan.inSync) }
        return (parts + plan.heldWords + plan.openWords).joined(separator: ", ")
    }
}

extension RolloutReport.Due {
    /// Why it waits, and until when.
    ///
    /// - Parameter isServed: whether a daemon goes on with it.
    func words(isServed: Bool?) -> String {
        let what =
            baking.map { "wave \($0) of \(waves) bakes: the next one opens" }
            ?? retrying.map { "\($0) is tried again" } ?? "it goes on"
        let who = isServed == true ? "the daemon's next pass" : "the next `plumb reconcile`"
        return "\(what) at \(at), with \(who) from then on"
    }
}
