import Diff
import Model
import Schema

/// Compares what an open rollout still has to do with a new plan: which operations stay, and what
/// becomes of the others. A pure function.
///
/// An operation that is held now stays: outside a window, behind an approval that ran out, on a
/// shard that this pass is not about or cannot read. Nothing begins anew because of it.
struct RolloutMerge {
    /// Where a table of a shard stands that the plan has no step for.
    enum Standing: Hashable, Sendable {
        /// The pass is not about it, or could not read its shard.
        case notKnown
        /// It is live as git defines it, with this digest; nil for an absent one.
        case inSync(Digest?)
        /// No change of it is planned, for this reason.
        case notPlanned(reason: String)
    }

    /// From where to where the plan leads each table.
    let steps: [OperationKey: Ends]
    /// The operations that do not run until somebody decides otherwise, with the reason: denied, or
    /// not allowed by policy. They keep no other one waiting.
    var refused: [OperationKey: String] = [:]
    /// The engines that work beside the tables, where the plan's steps have one.
    var engines: [OperationKey: EngineName] = [:]
    let standing: (OperationKey) -> Standing

    struct Ends: Hashable, Sendable {
        let from: Digest?
        let to: Digest?
    }

    /// What becomes of an operation that has not ended.
    enum Fate: Hashable, Sendable {
        case stays
        /// What it was to do is done.
        case foundDone
        case superseded(reason: String)
    }

    func fate(of operation: OperationRecord) -> Fate {
        // What began is settled by reading the table, and goes on to its end.
        guard !operation.hasBegun else { return .stays }
        if let reason = refused[operation.key] { return .superseded(reason: reason) }
        if let ends = steps[operation.key] {
            guard ends == Ends(from: operation.from, to: operation.to) else {
                return .superseded(reason: "a newer plan changes it otherwise")
            }
            // It is ready for its statements: no copy is there that could take the table's place.
            if operation.state == .waitingForCutover, let engine = engines[operation.key] {
                return .superseded(
                    reason: "a newer plan changes it by the engine `\(engine.rawValue)`, which has "
                        + "made nothing ready yet")
            }
            return .stays
        }
        switch standing(operation.key) {
        case .notKnown: return .stays
        case .inSync(let digest):
            return digest == operation.to
                ? .foundDone : .superseded(reason: "a newer plan leaves it as it is")
        case .notPlanned(let reason): return .superseded(reason: reason)
        }
    }

    /// The operations of a rollout that change, as they are recorded from now on.
    func changes(
        _ record: RolloutRecord, _ operations: [OperationRecord], isPaused: Bool = false,
        now: String
    ) -> [OperationRecord] {
        let open = operations.filter { !$0.state.isTerminal }
        let failures = operations.count { $0.state == .failed }
        if record.failureRule.isHalted(failures: failures) {
            return open.filter { !$0.hasBegun }.map {
                $0.ended(.cancelled, "the rollout halted before it started", at: now)
            }
        }
        let changes = open.compactMap { operation -> OperationRecord? in
            switch fate(of: operation) {
            case .stays: nil
            case .foundDone: operation.ended(.completed, "found done", at: now)
            case .superseded(let reason): operation.ended(.superseded, reason, at: now)
            }
        }
        return changes + (isPaused ? [] : untried(record, operations, changes, now: now))
    }

    /// The operations behind a wave in which nothing was changed: they begin at the first wave
    /// again, since nothing was tried for them.
    private func untried(
        _ record: RolloutRecord, _ operations: [OperationRecord], _ changes: [OperationRecord],
        now: String
    ) -> [OperationRecord] {
        var known: [OperationKey: OperationRecord] = [:]
        for operation in operations + changes { known[operation.key] = operation }
        guard let wave = RolloutProgress(record).untried(known) else { return [] }
        return record.operationKeys.compactMap { known[$0] }.filter { !$0.hasBegun }.map {
            $0.ended(
                .superseded,
                "nothing was changed in wave \(wave + 1): it begins at the first "
                    + "wave again", at: now)
        }
    }
}

extension OperationRecord {
    /// The record of an operation that ends without a statement.
    fileprivate func ended(
        _ state: OperationState, _ message: String, at now: String
    ) -> OperationRecord {
        var record = self
        record.state = state
        record.message = message
        record.endedAt = now
        record.nextAttemptAt = nil
        return record
    }
}
