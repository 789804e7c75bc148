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
        pass.drift(try pass.plan(asksRows: false))
    }
}

extension PassContext {
    /// How the shards of a pass differ from what git and the ledger have.
    func drift(_ planned: PlanningPass.Result) -> DriftReport {
        let desired = planned.desired
        let sources = planned.normalised.sources
        let findings = planned.comparison.findings(
            lookup: { context.catalog[$0] },
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
                + planned.comparison.unfitNames { context.catalog[$0] },
            exitStatus: ExitStatus(differing, planned.plan))
    }
}

extension ExitStatus {
    /// What drift means for the exit status.
    fileprivate init(_ findings: [TableFinding], _ plan: Plan) {
        var outcomes: [Outcome] = []
        if !findings.isEmpty { outcomes.append(.differs) }
        if !plan.unsupported.isEmpty { outcomes.append(.unsupported) }
        if !plan.unknown.isEmpty { outcomes.append(.shardUnknown) }
        self.init(outcomes)
    }
}
