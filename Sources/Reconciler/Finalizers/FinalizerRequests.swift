import Ledger
import Model

/// What people decide about finalizers of open rollouts.
package struct FinalizerRequests {
    private let store: LedgerStore

    package init(store: LedgerStore) { self.store = store }

    /// Has the finalizers of a rollout run again that wait or of which nobody knows whether they
    /// ran.
    ///
    /// - Parameter id: the rollout; nil for the one that has such a finalizer.
    /// - Returns: the rollout's id, and the namespaces.
    package func retry(
        _ id: String?, reason: String
    ) throws -> (rollout: String, namespaces: [String]) {
        try store.ledger.requireMade()
        let open = try store.snapshot()?.openRollouts().map(\.record) ?? []
        let named = open.filter { id == nil || $0.id == id }
        var found: [(id: String, finalizers: [FinalizerRecord])] = []
        for record in named {
            let waiting =
                try store.snapshot()?.finalizers(of: record).compactMap(\.self)
                .filter(Self.waits) ?? []
            if !waiting.isEmpty { found.append((record.id, waiting)) }
        }
        guard let first = found.first else {
            throw ConfigurationError(
                id.map { "rollout \($0) has no finalizer that waits to be tried again" }
                    ?? "no rollout has a finalizer that waits to be tried again",
                remedy: "see `plumb status`")
        }
        guard found.count == 1 else {
            throw ConfigurationError(
                "finalizers of \(found.count) rollouts wait: "
                    + found.map(\.id).joined(separator: ", "), remedy: "name the one that you mean")
        }
        let event = LedgerEvent(
            "finalizer-retried", subject: "Try the finalizers of rollout \(first.id) again",
            key: first.id, reason: reason)
        try store.transact(event) { draft throws(LedgerError) in
            guard let record = try draft.rollout(first.id), !record.state.isTerminal else {
                return .nothing
            }
            for finalizer in try draft.finalizers(of: record).compactMap(\.self)
            where Self.waits(finalizer) {
                var finalizer = finalizer
                finalizer.state = .pending
                finalizer.attempts = 0
                finalizer.startedAt = nil
                finalizer.nextAt = nil
                finalizer.message = nil
                try draft.setFinalizer(finalizer, of: record.id)
            }
            return .commit
        }
        return (first.id, first.finalizers.map(\.namespace))
    }

    private static func waits(_ record: FinalizerRecord) -> Bool {
        [.unknown, .failedRetryable].contains(record.state)
    }
}
