import Schema

/// What Plumb last recorded of one shard; in the ledger it is several documents.
package struct ShardRecord: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    /// The digest of every table that Plumb manages there.
    package var tables: [String: Digest]
    /// The commit to which the shard last converged in full; nil before that.
    package var revision: String?
    /// The commit of the plan that last changed the shard; nil before that.
    package var lastRevision: String?
    /// When the record last changed, ISO 8601 in UTC.
    package var since: String

    package init(tables: [String: Digest] = [:], revision: String? = nil, since: String) {
        version = 1
        self.tables = tables
        self.revision = revision
        self.since = since
    }
}

/// The state of a whole environment, `environment` at the root of the ledger's tree.
package struct EnvironmentRecord: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    /// The plan whose steps can be approved.
    package var latestPlan: Digest?
    /// The id of the rollout that was opened last.
    package var latestRollout: String?
    /// The commit that the last complete pass found on every shard; later environments wait for it.
    package var convergedRevision: String?
    /// ISO 8601 in UTC.
    package var convergedAt: String?
    /// That it is not as it was then: only written where a later environment waits for it; nil
    /// where nothing is known to be different.
    package var divergence: Divergence?

    /// What is different, since when.
    package struct Divergence: Codable, Hashable, Sendable {
        package var reason: String
        /// ISO 8601 in UTC.
        package var at: String

        package init(reason: String, at: String) {
            self.reason = reason
            self.at = at
        }
    }

    package init() {
        version = 1
    }
}
