import Basics
import Ledger
import Model
import Schema

/// Ends that a rollout is set aside, after somebody looked at its shards.
extension Unlock {
    /// What was done about a rollout.
    package struct RolloutResult: Hashable, Sendable {
        /// How many operations that had not begun never will; nil where the rollout goes on.
        package fileprivate(set) var ended: Int?
        /// How many of its operations may have begun: the next pass settles them.
        package fileprivate(set) var left = 0
        /// Whether what was asked of it is forgotten: it is stopped until somebody starts it.
        package fileprivate(set) var isStopped = false
        /// The namespaces whose finalizer is skipped, as nobody knows whether it ran.
        package fileprivate(set) var skipped: [String] = []
    }

    /// Removes what cannot be read of a rollout, and skips its finalizers of which nobody knows
    /// whether they ran; refused where there is neither.
    ///
    /// Without its own record it ends. Where only what was asked of it cannot be read, it is
    /// stopped, as somebody may have wanted that.
    package func unlock(rollout id: String, reason: String) throws -> RolloutResult {
        try store.ledger.requireMade()
        guard let snapshot = try store.snapshot(),
            try snapshot.list(RecordPath.openFolder).contains(id)
        else {
            throw ConfigurationError(
                "rollout \(id) is not set aside: no rollout of that name is open",
                remedy: "see `plumb status`", kind: .notFound)
        }
        if let unread = try snapshot.unreadRollouts().first(where: { $0.id == id }) {
            return try end(unread, in: snapshot, reason: reason)
        }
        let (stop, skipped) = (
            try stop(of: id, in: snapshot, reason), try uncertain(id, in: snapshot)
        )
        var result = RolloutResult(isStopped: stop != nil)
        result.skipped = skipped
        guard result != RolloutResult() else {
            throw ConfigurationError(
                "rollout \(id) is not set aside", remedy: "see `plumb status`", kind: .conflict)
        }
        let (words, now) = (words, store.now.iso)
        try store.transact(event(id, reason)) { draft throws(LedgerError) in
            if let stop { try draft.setMark(RolloutMark(stop: stop), of: id) }
            for namespace in skipped {
                var record = try Self.kept(namespace, of: id, in: draft)
                guard !record.state.isTerminal else { continue }
                record.state = .skipped
                record.message = words
                record.endedAt = now
                try draft.setFinalizer(record, of: id)
            }
            return .commit
        }
        return result
    }

    private var words: String {
        "unlocked by \(store.actor.name): what became of it was not recorded"
    }

    private func event(_ id: String, _ reason: String) -> LedgerEvent {
        LedgerEvent("rollout-unlocked", subject: "Unlock rollout \(id)", key: id, reason: reason)
    }

    /// The namespaces of the finalizers that cannot be read, or of which nobody knows whether they
    /// ran.
    private func uncertain(
        _ id: String, in snapshot: RecordSnapshot
    ) throws(LedgerError) -> [String] {
        guard let record = try snapshot.rollout(id), let names = record.finalizers else {
            return []
        }
        return zip(names, try snapshot.finalizers(of: record)).filter { _, finalizer in
            finalizer.map { $0.state == .unknown } ?? true
        }.map(\.0)
    }

    /// The record of a finalizer, or an empty one in the place of what cannot be read.
    private static func kept(
        _ namespace: String, of id: String, in draft: LedgerDraft
    ) throws(LedgerError) -> FinalizerRecord {
        let fresh = FinalizerRecord(
            namespace: namespace, command: [], isIdempotent: false, limitSeconds: 0)
        do throws(LedgerError) {
            return try draft.read(FinalizerRecord.self, at: RecordPath.finalizer(id, namespace))
                ?? fresh
        } catch  where error.isOfContent {
            return fresh
        }
    }

    /// What stands in the place of what was asked of a rollout and cannot be read.
    private func stop(
        of id: String, in snapshot: RecordSnapshot, _ reason: String
    ) throws(LedgerError) -> RolloutMark.Stop? {
        guard try snapshot.rolloutMark(id)?.damage != nil else { return nil }
        let rollback = try snapshot.rollbacks().first { $0.rollout == id }
        return RolloutMark.Stop(
            actor: rollback?.actor ?? store.actor.name, reason: rollback?.reason ?? reason,
            at: rollback?.at ?? store.now.iso, rollback: rollback?.id)
    }

    /// Ends a rollout of which the record cannot be read. Operations of which a statement may have
    /// begun stay, with their pending records, for the next pass.
    private func end(
        _ rollout: UnreadRollout, in snapshot: RecordSnapshot, reason: String
    ) throws -> RolloutResult {
        let (words, now, id) = (words, store.now.iso, rollout.id)
        var others: [RolloutRecord] = []
        for other in try snapshot.rolloutIDs() where other != id {
            if let record = try snapshot.readableRollout(other) { others.append(record) }
        }
        let latest = others.max {
            ($0.number ?? 0, $0.startedAt) < ($1.number ?? 0, $1.startedAt)
        }
        var result = RolloutResult()
        try store.transact(event(id, reason)) { draft throws(LedgerError) in
            var (ended, left) = (0, 0)
            for key in (rollout.keys ?? []).sorted() {
                guard try draft.read(RecordPath.pending(key)) == nil else {
                    left += 1
                    continue
                }
                let known: OperationRecord?
                do throws(LedgerError) {
                    known = try draft.operation(id, key)
                } catch  where error.isOfContent {
                    known = nil
                }
                guard known?.state.isTerminal != true else { continue }
                var operation = known ?? OperationRecord(key: key, from: nil, to: nil)
                operation.state = .superseded
                operation.message = words
                operation.endedAt = now
                try draft.setOperation(operation, of: id)
                ended += 1
            }
            try draft.remove(RecordPath.rollout(id))
            try draft.remove(RecordPath.open(id))
            if var environment = try draft.environmentRecord(), environment.latestRollout == id {
                environment.latestRollout = latest?.id
                try draft.set(RecordPath.environment, json: environment)
            }
            result = RolloutResult(ended: ended, left: left)
            return .commit
        }
        return result
    }
}
