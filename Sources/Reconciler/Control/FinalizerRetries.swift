import Ledger
import Model
import Schema

extension RetryRequests {
    /// Has the finalizer of a namespace run again with the next pass, whoever makes it: one that
    /// failed, that waits, or of which nobody knows whether it ran. Its rollout is open again until
    /// it has ended.
    ///
    /// Reads the record of every rollout, as only a person asks for it.
    ///
    /// - Parameter id: the rollout; nil for the latest one that has this finalizer.
    package func retry(
        finalizerOf namespace: String, in id: String?, reason: String
    ) throws -> Found {
        try store.ledger.requireMade()
        guard let snapshot = try store.snapshot() else {
            throw ConfigurationError(
                "no rollout has begun in \(store.environment)", kind: .conflict)
        }
        let rollouts = try PastRollouts(snapshot).records
        if let id, !rollouts.contains(where: { $0.id == id }) {
            throw ConfigurationError(
                "the ledger has no rollout `\(id)`", remedy: "see `plumb log`", kind: .notFound)
        }
        let having = rollouts.filter { $0.finalizers?.contains(namespace) == true }
        guard let rollout = having.last(where: { id == nil || $0.id == id }) else {
            throw ConfigurationError(
                (id.map { "rollout \($0) has no" } ?? "no rollout has a")
                    + " finalizer of `\(namespace)`",
                remedy: "see `plumb status`", kind: .notFound)
        }
        let later = Self.later(than: rollout.id, namespace, among: having)
        try record(rollout, namespace, later: later, reason: reason)
        return Found(rollout: rollout.id, finalizers: [namespace])
    }

    private func record(
        _ rollout: RolloutRecord, _ namespace: String, later: [String], reason: String
    ) throws {
        let fresh = FinalizerRecord(
            namespace: namespace, command: [], isIdempotent: false, limitSeconds: 0)
        let event = FinalizerEvent.retried(fresh, of: rollout.id, reason: reason)
        var refusal: ConfigurationError?
        try store.transact(event) { draft throws(LedgerError) in
            refusal = try Self.refusal(rollout.id, namespace, later: later, in: draft)
            let path = RecordPath.finalizer(rollout.id, namespace)
            guard refusal == nil, var record = try draft.rollout(rollout.id),
                let finalizer = try draft.read(FinalizerRecord.self, at: path)
            else { return .nothing }
            try draft.setFinalizer(finalizer.anew, of: record.id)
            if record.state.isTerminal {
                record.state = .running
                record.endedAt = nil
                try draft.setRollout(record)
            }
            return .commit
        }
        if let refusal { throw refusal }
    }

    /// Why a finalizer does not run again; nil where it may.
    ///
    /// - Parameter later: the rollouts with this finalizer that began later.
    private static func refusal(
        _ id: String, _ namespace: String, later: [String], in draft: LedgerDraft
    ) throws(LedgerError) -> ConfigurationError? {
        let what = "the finalizer of \(namespace) in rollout \(id)"
        let path = RecordPath.finalizer(id, namespace)
        guard let finalizer = try draft.read(FinalizerRecord.self, at: path) else {
            return ConfigurationError(
                "the ledger has no record of \(what)", remedy: "`plumb store verify` says why")
        }
        if let rollback = try draft.rollbacks().first(where: { $0.rollout == id }) {
            return ConfigurationError(
                "rollout \(id) is taken back: what it would publish is not there",
                remedy: "`plumb rollback --end \(rollback.id) --reason …` has git's state again",
                kind: .conflict)
        }
        if let refusal = try overtaken(namespace, by: later, of: id, in: draft) { return refusal }
        switch finalizer.state {
        case .failed, .failedRetryable, .unknown: return nil
        case .pending:
            return ConfigurationError(
                "\(what) has not run yet", remedy: "it does when its shards are done",
                kind: .conflict)
        case .running:
            return ConfigurationError(
                "\(what) was started, and its outcome is not recorded yet",
                remedy: "the pass that runs it, or the next one, records it: see `plumb status`",
                kind: .conflict)
        case .completed:
            return ConfigurationError(
                "\(what) has completed", remedy: "it runs again with the next rollout",
                kind: .conflict)
        case .skipped:
            return ConfigurationError(
                "\(what) was skipped" + (finalizer.message.map { ": \($0)" } ?? ""),
                remedy: "it runs with the rollout that changes all of its shards", kind: .conflict)
        }
    }
}

extension RetryRequests {
    /// That a finalizer of a later rollout has begun: the older one would publish what is past. One
    /// that has not begun waits for the older one.
    static func overtaken(
        _ namespace: String, by later: [String], of id: String, in reader: some RecordReader
    ) throws(LedgerError) -> ConfigurationError? {
        for other in later {
            let path = RecordPath.finalizer(other, namespace)
            guard let newer = try reader.read(FinalizerRecord.self, at: path) else { continue }
            switch newer.state {
            case .pending, .skipped: continue
            case .running, .failedRetryable, .unknown, .completed, .failed: break
            }
            return ConfigurationError(
                "rollout \(other), which began later, has the finalizer of \(namespace), too "
                    + "(\(newer.state.rawValue)): that of \(id) would publish what is past",
                remedy: "name that rollout, if its finalizer is to run again; `plumb unlock "
                    + "--rollout \(id) --reason …` skips the older one where nobody knows whether "
                    + "it ran", kind: .conflict)
        }
        return nil
    }

    /// The rollouts with the finalizer of a namespace that began later than another one.
    static func later(
        than rollout: String, _ namespace: String, among records: [RolloutRecord]
    ) -> [String] {
        records.drop { $0.id != rollout }.dropFirst()
            .filter { $0.finalizers?.contains(namespace) == true }.map(\.id)
    }
}

extension FinalizerRecord {
    /// The same one before its first attempt.
    var anew: FinalizerRecord {
        var anew = FinalizerRecord(
            namespace: namespace, command: command, isIdempotent: isIdempotent,
            limitSeconds: limitSeconds)
        anew.version = version
        anew.call = call
        return anew
    }
}
