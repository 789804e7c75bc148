import Basics
import Ledger
import Model
import Schema

/// What people suspend and resume: a namespace or one shard of it. Either is durable before it is
/// acknowledged, and whoever runs a rollout sees it before the next operation begins.
package struct Suspensions {
    private let store: LedgerStore

    package init(store: LedgerStore) { self.store = store }

    /// Lets nothing begin on a namespace or shard. What runs ends and is recorded.
    ///
    /// One that is suspended already is refused; one that is over is replaced.
    ///
    /// - Parameter seconds: after this time it ends by itself; nil where it does not.
    package func suspend(
        _ namespace: String, _ shard: String?, reason: String, seconds: Int64?
    ) throws -> SuspensionRecord {
        let now = store.now
        let record = SuspensionRecord(
            namespace: namespace, shard: shard, actor: store.actor.name, reason: reason,
            at: now.iso, until: seconds.map { now.adding(seconds: $0).iso })
        try change("suspended", "Suspend", record, reason) { draft throws(LedgerError) in
            if let found = try draft.suspension(of: namespace, shard), !found.isOver(at: now) {
                return ConfigurationError(found.words, remedy: "resume it first", kind: .conflict)
            }
            try draft.setSuspension(record)
            return nil
        }
        return record
    }

    /// Lets changes go on where somebody suspended them.
    package func resume(_ namespace: String, _ shard: String?, reason: String) throws {
        let now = store.now
        let wanted = SuspensionRecord(
            namespace: namespace, shard: shard, actor: store.actor.name, reason: reason,
            at: now.iso)
        let active = try store.snapshot()?.suspensions().filter { !$0.isOver(at: now) } ?? []
        try change("resumed", "Resume", wanted, reason) { draft throws(LedgerError) in
            if let found = try draft.suspension(of: namespace, shard), !found.isOver(at: now) {
                try draft.removeSuspension(found)
                return nil
            }
            return Self.notSuspended(wanted, active)
        }
    }

    private static func notSuspended(
        _ wanted: SuspensionRecord, _ active: [SuspensionRecord]
    ) -> ConfigurationError {
        let whole = active.first { $0.namespace == wanted.namespace && $0.shard == nil }
        let parts = active.filter { $0.namespace == wanted.namespace && $0.shard != nil }
        if let whole, wanted.shard != nil {
            return ConfigurationError(
                "\(wanted.subject) is not suspended by itself: \(whole.words)", kind: .conflict)
        }
        let remedy =
            parts.isEmpty
            ? "see `plumb status`"
            : "suspended are \(parts.map(\.subject).joined(separator: ", "))"
        return ConfigurationError(
            "\(wanted.subject) is not suspended", remedy: remedy, kind: .conflict)
    }

    private func change(
        _ kind: String, _ verb: String, _ record: SuspensionRecord, _ reason: String,
        _ body: @escaping (inout LedgerDraft) throws(LedgerError) -> ConfigurationError?
    ) throws {
        let event = LedgerEvent(
            kind, subject: "\(verb) \(record.subject)", key: record.subject, reason: reason)
        var refusal: ConfigurationError?
        let now = store.now
        let over = try store.snapshot()?.suspensions().filter { $0.isOver(at: now) } ?? []
        try store.transact(event) { draft throws(LedgerError) in
            refusal = try body(&draft)
            guard refusal == nil else { return .nothing }
            for old in over where try draft.suspension(of: old.namespace, old.shard) == old {
                try draft.removeSuspension(old)
            }
            return .commit
        }
        if let refusal { throw refusal }
    }
}
