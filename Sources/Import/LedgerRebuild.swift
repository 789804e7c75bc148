import Desired
import Diff
import Ledger
import Model
import Observed
import Reconciler
import Reports
import Schema

/// Records the tables that are live as git defines them in a lost or empty ledger.
///
/// Nothing else is recorded. A table that differs stays without a record and is therefore
/// `pending`: without a record it cannot be called drifted.
package struct LedgerRebuild {
    private let pass: PassContext

    package init(pass: PassContext) {
        self.pass = pass
    }

    /// Observes every shard in scope and records the tables that equal git, in one commit; makes no
    /// commit where there is nothing to add.
    package func run() throws -> RebuildReport {
        let store = pass.store
        let lease = try store.ledger.lease(
            store.environment, holder: "import --record by \(pass.request.actor.name)")
        defer { withExtendedLifetime(lease) {} }
        let planned = try pass.plan(asksRows: false)
        let baseline = Baseline(planned: planned, now: store.now)
        let records = baseline.records
        if !records.isEmpty { try record(records, planned, tables: baseline.tableCount) }
        return report(planned, recorded: records.count, tables: baseline.tableCount)
    }

    private func record(
        _ records: [ShardID: ShardRecord], _ planned: PlanningPass.Result, tables: Int
    ) throws {
        let cache = pass.context.cache
        // A table that is only equivalent to git's is compared again by its text, so the ledger
        // keeps it.
        cache.keep(Set(records.values.flatMap(\.tables.values)))
        let event = LedgerEvent(
            "ledger-rebuilt",
            subject: "Record \(Count.of(tables, "table")) on "
                + "\(Count.of(records.count, "shard")) as they are live")
        let known = try pass.context.memory.recorded(in: planned.snapshot)
        try pass.store.transact(event) { draft throws(LedgerError) in
            try cache.save(into: &draft)
            for (id, record) in records {
                try draft.setShard(id, record, over: known[id])
            }
            return .commit
        }
        cache.saved()
    }

    private func report(
        _ planned: PlanningPass.Result, recorded: Int, tables: Int
    ) -> RebuildReport {
        let desired = planned.desired
        let sources = planned.normalised.sources
        let findings = planned.comparison.findings(
            lookup: { pass.context.catalog[$0] },
            locate: { desired.schemas[sources[$0]].location(of: $1) })
        let differing = findings.filter { $0.status != .unmanaged }
        var outcomes: [Outcome] = []
        if !planned.plan.unknown.isEmpty { outcomes.append(.shardUnknown) }
        if !differing.isEmpty { outcomes.append(.differs) }
        return RebuildReport(
            environment: planned.plan.environment, revision: planned.plan.revision,
            shardCount: planned.shards.count, inSyncCount: planned.comparison.inSyncCount,
            recordedShardCount: recorded, recordedTableCount: tables, differing: differing,
            unmanaged: findings.filter { $0.status == .unmanaged }, unknown: planned.plan.unknown,
            notices: planned.notices, exitStatus: ExitStatus(outcomes))
    }
}

/// The report of `plumb import --record`.
package struct RebuildReport: Codable, Hashable, Sendable {
    package var environment: String
    package var revision: PlanRevision
    /// How many shards are in scope.
    package var shardCount: Int
    /// How many shards have every table as git defines it.
    package var inSyncCount: Int
    /// Shards whose record was written now; 0 when the ledger had everything already.
    package var recordedShardCount: Int
    /// Tables that were added to the records, counted on each shard.
    package var recordedTableCount: Int
    /// Tables that differ from git, and so were not recorded.
    package var differing: [TableFinding]
    /// Tables that are not in git: never recorded.
    package var unmanaged: [TableFinding]
    /// Shards that could not be read, and so were not recorded.
    package var unknown: [UnknownShard]
    package var notices: [Notice]
    package var exitStatus: ExitStatus
}
