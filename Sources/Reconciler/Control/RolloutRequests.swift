import Ledger
import Model
import Schema

/// What people ask of open rollouts. A request is durable before it is acknowledged; whoever runs
/// the rollout sees it before the next operation begins.
package struct RolloutRequests {
    let store: LedgerStore

    package init(store: LedgerStore) { self.store = store }

    /// Lets no further operation of a rollout begin. What runs ends and is recorded.
    ///
    /// - Parameter id: the rollout; nil for the one that is open.
    /// - Returns: its id.
    package func stop(_ id: String?, reason: String) throws -> String {
        let (actor, now) = (store.actor.name, store.now.iso)
        return try change(id, "rollout-stopped", "Stop", reason) { mark, id in
            if mark.stop != nil, let standstill = mark.standstill(of: id) {
                throw ConfigurationError("rollout \(id) is \(standstill.words)", kind: .conflict)
            }
            mark.stop = RolloutMark.Stop(actor: actor, reason: reason, at: now)
        }
    }

    /// Lets a rollout go on that somebody stopped.
    package func start(_ id: String?, reason: String) throws -> String {
        try change(id, "rollout-started-again", "Start again", reason) { mark, id in
            guard mark.stop != nil else {
                throw ConfigurationError(
                    "rollout \(id) is not stopped", remedy: Self.wayOn(mark, id), kind: .conflict)
            }
            if mark.stop?.rollback != nil, let standstill = mark.standstill(of: id) {
                throw ConfigurationError(
                    "rollout \(id) was \(standstill.words): what runs of it ends, and nothing else "
                        + "begins", remedy: "see `plumb status`", kind: .conflict)
            }
            mark.stop = nil
        }
    }

    /// Lets a rollout go on that waits after a failure, or for its health.
    ///
    /// - Returns: its id, and why it waited.
    package func release(
        _ id: String?, reason: String
    ) throws -> (id: String, pause: RolloutMark.Pause?) {
        var pause: RolloutMark.Pause?
        let id = try change(id, "rollout-released", "Release", reason) { mark, id in
            guard let present = mark.pause else {
                throw ConfigurationError(
                    "rollout \(id) is not paused", remedy: Self.wayOn(mark, id), kind: .conflict)
            }
            pause = present
            mark.pause = nil
        }
        return (id, pause)
    }

    /// Lets at most so many shards of a rollout be at work at once, from the next one on; nil ends
    /// that.
    package func throttle(_ id: String?, shards: Int?, reason: String) throws -> String {
        let (actor, now) = (store.actor.name, store.now.iso)
        let verb = shards.map { "Throttle to \(Count.of($0, "shard")):" } ?? "Throttle no more"
        return try change(id, "rollout-throttled", verb, reason) { mark, id in
            guard shards != nil || mark.throttle != nil else {
                throw ConfigurationError("rollout \(id) is not throttled", kind: .conflict)
            }
            mark.throttle = shards.map {
                RolloutMark.Throttle(shards: $0, actor: actor, reason: reason, at: now)
            }
        }
    }

    private static func wayOn(_ mark: RolloutMark, _ id: String) -> String {
        mark.standstill(of: id).map { "it is \($0.words)" } ?? "`plumb reconcile` goes on with it"
    }

    private func change(
        _ id: String?, _ kind: String, _ verb: String, _ reason: String,
        _ body: @escaping (inout RolloutMark, String) throws -> Void
    ) throws -> String {
        let id = try rollout(id)
        let event = LedgerEvent(kind, subject: "\(verb) rollout \(id)", key: id, reason: reason)
        var refusal: (any Error)?
        try store.transact(event) { draft throws(LedgerError) in
            guard var mark = try draft.rolloutMark(id) else {
                refusal = Self.ended(id)
                return .nothing
            }
            do {
                try body(&mark, id)
            } catch {
                refusal = error
                return .nothing
            }
            refusal = nil
            try draft.setMark(mark, of: id)
            return .commit
        }
        if let refusal { throw refusal }
        return id
    }

    /// The rollout that is meant: the one with this name, or the only one that is open.
    func rollout(_ name: String?) throws -> String {
        try store.ledger.requireMade()
        let snapshot = try store.snapshot()
        let open = try snapshot?.openRollouts().map(\.record.id) ?? []
        if let name {
            if open.contains(name) { return name }
            guard try snapshot?.rollout(name) == nil else { throw Self.ended(name) }
            throw ConfigurationError(
                "the ledger has no rollout `\(name)`", remedy: "see `plumb log`", kind: .notFound)
        }
        guard let first = open.first else {
            throw ConfigurationError(
                "no rollout is open in \(store.environment)", remedy: "see `plumb status`",
                kind: .conflict)
        }
        guard open.count == 1 else {
            throw ConfigurationError(
                "\(open.count) rollouts are open in \(store.environment): "
                    + open.joined(separator: ", "), remedy: "name the one that you mean",
                kind: .conflict)
        }
        return first
    }

    static func ended(_ id: String) -> ConfigurationError {
        ConfigurationError(
            "rollout \(id) has ended", remedy: "see `plumb status \(id)`", kind: .conflict)
    }
}
