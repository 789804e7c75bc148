import Schema

/// That somebody lets operations of a rollout change their tables which waited for that.
package struct CutoverRequest: Codable, Hashable, Sendable {
    /// The name of who did.
    package var actor: String
    package var reason: String
    /// ISO 8601 in UTC.
    package var at: String
    /// Of which shards; nil for all.
    package var shards: [ShardID]?

    package init(actor: String, reason: String, at: String, shards: [ShardID]?) {
        self.actor = actor
        self.reason = reason
        self.at = at
        self.shards = shards
    }

    /// Whether it is about the operations of a shard.
    package func covers(_ shard: ShardID) -> Bool { shards?.contains(shard) ?? true }
}
