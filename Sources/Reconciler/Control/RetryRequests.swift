import Basics
import Ledger
import Model
import Schema

/// What people want to be tried again at once: operations that wait for their next attempt, what
/// failed, and finalizers that wait or of which nobody knows whether they ran.
package struct RetryRequests {
    let store: LedgerStore

    package init(store: LedgerStore) { self.store = store }

    /// What there is to try again of a rollout.
    package struct Found: Hashable, Sendable {
        /// Nil where only operations are tried again that failed in rollouts before the latest.
        package let rollout: String?
        /// Operations that wait for their next attempt.
        package fileprivate(set) var waiting: [OperationKey] = []
        /// Operations that failed: the next plan has their steps again.
        package fileprivate(set) var failed: [OperationKey] = []
        /// Operations that failed, for which a daemon waits before it tries them again.
        package fileprivate(set) var heeded: [OperationKey] = []
        /// The namespaces of the finalizers.
        package internal(set) var finalizers: [String] = []

        var isEmpty: Bool {
            waiting.isEmpty && failed.isEmpty && heeded.isEmpty && finalizers.isEmpty
        }

        /// All operations that are tried again.
        package var operations: [OperationKey] {
            waiting + failed + Set(heeded).subtracting(waiting + failed).sorted()
        }
    }

    /// Has it tried again with the next pass, whoever makes it.
    ///
    /// - Parameter id: the rollout; nil for the one of which there is something to try again, open
    ///   or the latest one.
    package func retry(_ id: String?, reason: String) throws -> Found {
        try store.ledger.requireMade()
        let found = try chosen(id)
        let refusals = try later(than: found)
        let request = RetryRequest(actor: store.actor.name, reason: reason, at: store.now.iso)
        let event = LedgerEvent(
            "rollout-retried",
            subject: found.rollout.map { "Try again what waits of rollout \($0)" }
                ?? "Try again what failed",
            key: found.rollout, reason: reason)
        var refusal: ConfigurationError?
        try store.transact(event) { draft throws(LedgerError) in
            for (namespace, later) in refusals {
                refusal = try Self.overtaken(
                    namespace, by: later, of: found.rollout ?? "", in: draft)
                guard refusal == nil else { return .nothing }
            }
            if let id = found.rollout { try Self.renew(found, of: id, in: &draft) }
            for key in found.heeded { try draft.removeFailure(of: key) }
            try draft.set(RecordPath.retry, json: request)
            return .commit
        }
        if let refusal { throw refusal }
        return found
    }

    /// By namespace of a finalizer that is to run again the later rollouts that have it, too. Reads
    /// the record of every rollout where there is one, as only a person asks for it.
    private func later(than found: Found) throws -> [(namespace: String, rollouts: [String])] {
        guard !found.finalizers.isEmpty, let id = found.rollout, let snapshot = try store.snapshot()
        else { return [] }
        let records = try PastRollouts(snapshot).records
        return found.finalizers.map { ($0, Self.later(than: id, $0, among: records)) }
    }

    /// Makes what waits of a rollout due at once, with all its attempts before it.
    private static func renew(
        _ found: Found, of rollout: String, in draft: inout LedgerDraft
    ) throws(LedgerError) {
        for key in found.waiting {
            guard var operation = try draft.operation(rollout, key),
                operation.state == .failedRetryable
            else { continue }
            operation.attempts = 0
            operation.failingSince = nil
            operation.nextAttemptAt = nil
            try draft.setOperation(operation, of: rollout)
        }
        if let record = try draft.rollout(rollout), !record.state.isTerminal {
            try reset(found.finalizers, of: record, in: &draft)
        }
    }

    private static func reset(
        _ namespaces: [String], of rollout: RolloutRecord, in draft: inout LedgerDraft
    ) throws(LedgerError) {
        for finalizer in try draft.finalizers(of: rollout).compactMap(\.self)
        where namespaces.contains(finalizer.namespace) && waits(finalizer) {
            try draft.setFinalizer(finalizer.anew, of: rollout.id)
        }
    }

    private static func waits(_ record: FinalizerRecord) -> Bool {
        [.unknown, .failedRetryable].contains(record.state)
    }

    /// The rollout that is meant, with what there is to try again.
    private func chosen(_ id: String?) throws -> Found {
        let snapshot = try store.snapshot()
        var ids = try snapshot?.list(RecordPath.openFolder) ?? []
        if let latest = try snapshot?.environmentRecord()?.latestRollout, !ids.contains(latest) {
            ids.append(latest)
        }
        if let id, !ids.contains(id) {
            guard try snapshot?.rollout(id) != nil else {
                throw ConfigurationError(
                    "the ledger has no rollout `\(id)`", remedy: "see `plumb log`", kind: .notFound)
            }
            throw ConfigurationError(
                "rollout \(id) has ended, and a later one began",
                remedy: "`plumb reconcile` plans anew what is left", kind: .conflict)
        }
        let failures = try failures(of: id, in: snapshot)
        var found: [Found] = []
        for name in ids where id == nil || id == name {
            // What of another one cannot be read does not keep this one waiting.
            let known = try id == nil ? snapshot?.readableRollout(name) : snapshot?.rollout(name)
            guard let record = known, let snapshot else { continue }
            let one = try self.found(record, in: snapshot)
            if !one.isEmpty { found.append(one) }
        }
        if found.isEmpty, !failures.isEmpty { found.append(Found(rollout: id)) }
        guard var first = found.first else {
            throw ConfigurationError(
                (id.map { "rollout \($0) has nothing" } ?? "no rollout has anything")
                    + " that waits to be tried again", remedy: "see `plumb status`", kind: .conflict
            )
        }
        guard found.count == 1 else {
            throw ConfigurationError(
                "\(found.count) rollouts have something that waits: "
                    + found.compactMap(\.rollout).joined(separator: ", "),
                remedy: "name the one that you mean", kind: .conflict)
        }
        first.heeded = failures
        return first
    }

    /// The operations of which failures are recorded, of one rollout or of all.
    private func failures(
        of id: String?, in snapshot: RecordSnapshot?
    ) throws(LedgerError) -> [OperationKey] {
        var memory = FailureMemory()
        let records = try snapshot.map { snapshot throws(LedgerError) in
            try memory.records(in: snapshot)
        }
        return (records ?? [:]).values.filter { id == nil || $0.rollout == id }.map(\.key).sorted()
    }

    private func found(
        _ record: RolloutRecord, in snapshot: RecordSnapshot
    ) throws(LedgerError) -> Found {
        var found = Found(rollout: record.id)
        for key in record.operationKeys {
            switch try snapshot.operation(record.id, key)?.state {
            case .failedRetryable: found.waiting.append(key)
            case .failed: found.failed.append(key)
            case .pending, .leased, .preparing, .running, .waitingForCutover, .cuttingOver,
                .verifying, .completed, .superseded, .cancelled, nil:
                break
            }
        }
        found.finalizers = try snapshot.finalizers(of: record).compactMap(\.self)
            .filter(Self.waits).map(\.namespace)
        return found
    }
}

extension RecordReader {
    /// That somebody wanted what failed to be tried again; nil where nobody ever did, and where it
    /// cannot be read: it allows nothing, and what failed is tried again when it is due.
    func retryRequest() throws(LedgerError) -> RetryRequest? {
        do throws(LedgerError) {
            return try read(RetryRequest.self, at: RecordPath.retry)
        } catch  where error.isOfContent {
            return nil
        }
    }
}
