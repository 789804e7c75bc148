import Diff
import Model
import Schema

/// What `plumb drift` says, for every view: three-way findings, equal ones on many shards once.
package struct DriftReport: Codable, Hashable, Sendable {
    package var environment: String
    package var revision: PlanRevision
    /// When the ledger last recorded a shard of the environment; nil before the first time.
    package var recordedAt: String?
    package var shardCount: Int
    /// Shards on which every table equals git.
    package var inSyncCount: Int
    /// Everything that is not in sync, without the tables that git never owned.
    package var findings: [TableFinding]
    /// Tables that git never owned: reported, never touched.
    package var unmanaged: [TableFinding]
    package var unknown: [UnknownShard]
    package var unsupported: [UnsupportedTable]
    package var stale: String?
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

/// One table that stands alike on several shards, compared three ways.
package struct TableFinding: Codable, Hashable, Sendable {
    package var namespace: String
    package var table: String
    package var status: TableStatus
    package var shards: [String]
    /// What git says; nil where it says nothing.
    package var desired: Digest?
    /// What Plumb last converged; nil where it never did.
    package var recorded: Digest?
    /// What is live; nil where the table is absent.
    package var observed: Digest?
    /// From what git says to what is live: `-` is missing live, `+` is live only.
    package var differences: [PlanDifference]
    /// Where git defines the table.
    package var location: SourceLocation?

    package init(
        namespace: String, table: String, status: TableStatus, shards: [String], desired: Digest?,
        recorded: Digest?, observed: Digest?, differences: [PlanDifference] = [],
        location: SourceLocation? = nil
    ) {
        self.namespace = namespace
        self.table = table
        self.status = status
        self.shards = shards
        self.desired = desired
        self.recorded = recorded
        self.observed = observed
        self.differences = differences
        self.location = location
    }
}
