import Schema

/// What marks a rollout as open, and what was asked of it.
package struct RolloutMark: Codable, Hashable, Sendable {
    /// The version of the record's format; nil for the first one.
    package var version: Int?
    /// Set while no further operation of the rollout may begin, as somebody wants it.
    package var stop: Stop?
    /// Set while it waits for somebody to release it.
    package var pause: Pause?
    /// Set while fewer of its shards than usual are at work at once.
    package var throttle: Throttle?
    /// The cutovers that were asked for, in their order; nil for none.
    package var cutovers: [CutoverRequest]?
    /// Why it cannot be read; nil where it can. It is never written.
    package private(set) var damage: String?

    private enum CodingKeys: String, CodingKey {
        case version, stop, pause, throttle, cutovers
    }

    /// One that cannot be read, for this reason.
    package init(damage: String) { self.damage = damage }

    package init(stop: Stop? = nil, pause: Pause? = nil) {
        self.stop = stop
        self.pause = pause
    }

    /// Who stopped it, and why.
    package struct Stop: Codable, Hashable, Sendable {
        /// The name of who did.
        package var actor: String
        package var reason: String
        /// ISO 8601 in UTC.
        package var at: String
        /// The rollback because of which nothing of it begins any more; nil for a stop.
        package var rollback: String?

        package init(actor: String, reason: String, at: String, rollback: String? = nil) {
            self.actor = actor
            self.reason = reason
            self.at = at
            self.rollback = rollback
        }
    }

    /// Why it waits for somebody, since when.
    package struct Pause: Codable, Hashable, Sendable {
        /// What failed, with its shard.
        package var reason: String
        /// ISO 8601 in UTC.
        package var at: String
        /// Whether its health was bad, which is asked again; nil where an operation failed.
        package var isOfHealth: Bool?

        package init(reason: String, at: String, isOfHealth: Bool? = nil) {
            self.reason = reason
            self.at = at
            self.isOfHealth = isOfHealth
        }
    }

    /// How many of its shards are at work at once, by whom, and why.
    package struct Throttle: Codable, Hashable, Sendable {
        /// At most; at least 1.
        package var shards: Int
        package var actor: String
        package var reason: String
        /// ISO 8601 in UTC.
        package var at: String

        package init(shards: Int, actor: String, reason: String, at: String) {
            self.shards = shards
            self.actor = actor
            self.reason = reason
            self.at = at
        }

        /// What it means, as a sentence for people.
        package var words: String {
            "throttled by \(actor) at \(at) (\(reason)): at most \(Count.of(shards, "shard")) at a time"
        }
    }

    /// Why nothing of a rollout begins, for as long as nobody lets it go on.
    package struct Standstill: Hashable, Sendable {
        /// `stopped` or `paused`.
        package let state: RolloutState
        /// As a sentence for people.
        package let words: String

        package init(state: RolloutState, words: String) {
            self.state = state
            self.words = words
        }
    }

    /// What keeps the rollout from going on; nil where nothing does.
    package func standstill(of rollout: String) -> Standstill? {
        if let damage {
            return Standstill(
                state: .stopped,
                words: "set aside: somebody may have stopped it, and what was asked of it cannot "
                    + "be read (\(damage)): `plumb unlock --rollout \(rollout)` lets somebody "
                    + "decide")
        }
        if let stop, stop.rollback != nil {
            return Standstill(
                state: .stopped,
                words: "rolled back by \(stop.actor) at \(stop.at) (\(stop.reason))")
        }
        if let stop {
            return Standstill(
                state: .stopped,
                words: "stopped by \(stop.actor) at \(stop.at) (\(stop.reason)): "
                    + "`plumb start \(rollout)` lets it go on")
        }
        return pause.map { pause in
            Standstill(
                state: .paused,
                words: "paused at \(pause.at) (\(pause.reason)): `plumb release \(rollout)` lets "
                    + "it go on")
        }
    }
}
