import Diff
import Model
import Reports

/// Compares desired, recorded and live schemas; changes no shard and writes nothing to the ledger.
package struct DriftPass {
    private let pass: PassContext

    package init(pass: PassContext) {
        self.pass = pass
    }

    /// Runs the pass; throws where no report can be made.
    package func run() throws -> DriftReport {
        let planned = try pass.plan(asksRows: false)
        let desired = planned.desired
        let sources = planned.normalised.sources
        let findings = planned.comparison.findings(
            lookup: { pass.context.catalog[$0] },
            locate: { desired.schemas[sources[$0]].location(of: $1) })
        let unmanaged = findings.filter { $0.status == .unmanaged }
        let differing = findings.filter { $0.status != .unmanaged }
        let recorded = planned.shards.compactMap { planned.recorded[$0.id]?.since }.max()
        return DriftReport(
            environment: planned.plan.environment, revision: planned.plan.revision,
            recordedAt: recorded, shardCount: planned.shards.count,
            inSyncCount: planned.comparison.inSyncCount, findings: differing, unmanaged: unmanaged,
            unknown: planned.plan.unknown, unsupported: planned.plan.unsupported,
            stale: planned.source.stale,
            notices: planned.notices
                + planned.comparison.unfitNames { pass.context.catalog[$0] },
            exitStatus: Self.status(differing, planned.plan))
    }

    /// What drift means for the exit status.
    private static func status(_ findings: [TableFinding], _ plan: Plan) -> ExitStatus {
        var outcomes: [Outcome] = []
        if !findings.isEmpty { outcomes.append(.differs) }
        if !plan.unsupported.isEmpty { outcomes.append(.unsupported) }
        if !plan.unknown.isEmpty { outcomes.append(.shardUnknown) }
        return ExitStatus(outcomes)
    }
}
