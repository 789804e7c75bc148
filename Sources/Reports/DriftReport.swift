import Diff
import Model
import Schema

/// What `plumb drift` found: desired, recorded and live tables compared; equal findings on many
/// shards are one entry.
package struct DriftReport: Codable, Hashable, Sendable {
    package var environment: String
    package var revision: PlanRevision
    /// When the ledger last recorded a shard of the environment; nil before the first time.
    package var recordedAt: String?
    /// How many shards were compared, unreadable ones included.
    package var shardCount: Int
    /// How many shards have every table as git defines it.
    package var inSyncCount: Int
    /// Every table that is not in sync, except those in `unmanaged`.
    package var findings: [TableFinding]
    /// Tables that git has never defined: reported, never changed.
    package var unmanaged: [TableFinding]
    /// Shards that could not be read.
    package var unknown: [UnknownShard]
    /// Tables that Plumb cannot compare.
    package var unsupported: [UnsupportedTable]
    /// How old the copy of the schema repository is, where it could not be fetched; nil where it
    /// was.
    package var stale: String?
    /// Messages that do not affect the exit status.
    package var notices: [Notice]
    package var exitStatus: ExitStatus

    package init(
        environment: String, revision: PlanRevision, recordedAt: String?, shardCount: Int,
        inSyncCount: Int, findings: [TableFinding], unmanaged: [TableFinding],
        unknown: [UnknownShard], unsupported: [UnsupportedTable], stale: String?,
        notices: [Notice], exitStatus: ExitStatus
    ) {
        self.environment = environment
        self.revision = revision
        self.recordedAt = recordedAt
        self.shardCount = shardCount
        self.inSyncCount = inSyncCount
        self.findings = findings
        self.unmanaged = unmanaged
        self.unknown = unknown
        self.unsupported = unsupported
        self.stale = stale
        self.notices = notices
        self.exitStatus = exitStatus
    }
}

/// One table that is the same on several shards, with its status.
package struct TableFinding: Codable, Hashable, Sendable {
    package var namespace: String
    package var object: ObjectName
    package var status: TableStatus
    /// The names of the shards on which it is the same.
    package var shards: [String]
    /// The digest of git's definition; nil where git has none.
    package var desired: Digest?
    /// The digest that Plumb last recorded after a change; nil where there is none.
    package var recorded: Digest?
    /// The digest of the live table; nil where the table is absent.
    package var observed: Digest?
    /// What differs, as `reads` says.
    package var differences: [PlanDifference]
    /// Which way `differences` read.
    package var reads: Reading
    /// Where git defines the table.
    package var location: SourceLocation?
    /// Set where the table is wanted as it was before a rollout: `desired` is then that, and not
    /// git's.
    package var rollback: PlanRollback?

    /// From which definition to which a difference reads: `-` is only in the first, `+` only in the
    /// second.
    package enum Reading: String, Codable, Hashable, Sendable, CaseIterable {
        /// What a rollout would do.
        case liveToGit = "live-to-git"
        /// What somebody did.
        case gitToLive = "git-to-live"
        /// What somebody did where git has changed, too.
        case recordedToLive = "recorded-to-live"

        /// The usual one for a status.
        package init(_ status: TableStatus) {
            switch status {
            case .pending, .retired: self = .liveToGit
            case .drifted, .conflict, .unmanaged, .inSync, .unknown: self = .gitToLive
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case namespace
        case object = "table"
        case status, shards, desired, recorded, observed, differences, reads, location, rollback
    }

    package init(
        namespace: String, object: ObjectName, status: TableStatus, shards: [String],
        desired: Digest?,
        recorded: Digest?, observed: Digest?, differences: [PlanDifference] = [],
        reads: Reading? = nil, location: SourceLocation? = nil
    ) {
        self.reads = reads ?? Reading(status)
        self.namespace = namespace
        self.object = object
        self.status = status
        self.shards = shards
        self.desired = desired
        self.recorded = recorded
        self.observed = observed
        self.differences = differences
        self.location = location
    }
}
