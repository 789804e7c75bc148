/// What marks a rollout as open, and what somebody asked of it.
package struct RolloutMark: Codable, Hashable, Sendable {
    /// Set while no further operation of the rollout may begin.
    package var stop: Stop?

    package init(stop: Stop? = nil) { self.stop = stop }

    /// Who stopped it, and why.
    package struct Stop: Codable, Hashable, Sendable {
        /// The name of who did.
        package var actor: String
        package var reason: String
        /// ISO 8601 in UTC.
        package var at: String

        package init(actor: String, reason: String, at: String) {
            self.actor = actor
            self.reason = reason
            self.at = at
        }

        /// What it means, as a sentence for people.
        package func words(_ rollout: String) -> String {
            "stopped by \(actor) at \(at) (\(reason)): `plumb start \(rollout)` lets it go on"
        }
    }
}
