/// The rollback because of which a step is in the plan: its table goes back to what it was before a
/// rollout.
package struct PlanRollback: Codable, Hashable, Sendable {
    /// The id of the rollback.
    package var id: String
    /// The id of the rollout that is taken back.
    package var rollout: String
    /// Who asked for it, and why.
    package var actor: String
    package var reason: String
    /// ISO 8601 in UTC.
    package var at: String
    /// What does not come back with the definition, such as `what column note held`.
    package var lost: [String]

    package init(
        id: String, rollout: String, actor: String, reason: String, at: String, lost: [String] = []
    ) {
        self.id = id
        self.rollout = rollout
        self.actor = actor
        self.reason = reason
        self.at = at
        self.lost = lost
    }
}
