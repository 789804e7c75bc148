/// What `plumb status` and `plumb rollback` say about a rollback that holds.
package struct RollbackReport: Codable, Hashable, Sendable {
    package var environment: String
    package var id: String
    /// The id of the rollout that was taken back.
    package var rollout: String
    package var actor: String
    package var reason: String
    /// ISO 8601 in UTC.
    package var at: String
    /// What is wanted as before, as `commerce.orders`.
    package var objects: [String]
    /// On how many shards.
    package var shardCount: Int
    /// What does not come back with the definitions.
    package var lost: [String]
    /// What git wants instead, as lines of a difference.
    package var change: [String]
    /// The approvals that were given before and do not count any more, each by its first digits.
    package var withdrawn: [String] = []

    /// Who took the rollout back, when, why, and what ends that, as a sentence for people.
    package var words: String {
        "taken back by \(actor) at \(at) (\(reason)): rollback \(id) holds until a commit changes the "
            + "same again, or somebody gives it up with `plumb rollback --end \(id) --environment "
            + "\(environment) --reason …`"
    }

    package init(
        environment: String, id: String, rollout: String, actor: String, reason: String, at: String,
        objects: [String], shardCount: Int, lost: [String], change: [String]
    ) {
        self.environment = environment
        self.id = id
        self.rollout = rollout
        self.actor = actor
        self.reason = reason
        self.at = at
        self.objects = objects
        self.shardCount = shardCount
        self.lost = lost
        self.change = change
    }
}
