import Schema

/// What Plumb last converged on one shard: `fleet/<namespace>/<shard>` of the ledger.
///
/// Shards that are alike have records that are alike to the byte, and so share one object.
package struct ShardRecord: Codable, Hashable, Sendable {
    package var version: Int
    /// The digest of every table that Plumb owns there.
    package var tables: [String: Digest]
    /// The commit whose schema the shard last reached in full; nil before that.
    package var revision: String?
    /// The commit of the plan whose operation last changed something there; nil before that.
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

/// The facts of a whole environment: `environment` at the root of the ledger's tree.
package struct EnvironmentRecord: Codable, Hashable, Sendable {
    package var version: Int
    package var latestPlan: Digest?
    package var latestRollout: String?
    /// The commit that the last complete pass found everywhere; later environments wait for it.
    package var convergedRevision: String?
    package var convergedAt: String?

    package init() {
        version = 1
    }
}
