import Diff
import Ledger
import Model
import Reports
import Schema

/// Observes and compares three ways; writes nothing anywhere.
package struct DriftPass {
    private let session: Session

    package init(session: Session) {
        self.session = session
    }

    package func run() throws -> DriftReport {
        let survey = try session.survey(asksRows: false)
        let desired = survey.desired
        let sources = survey.normalised.sources
        let findings = survey.comparison.findings(
            lookup: { session.engine.catalog[$0] },
            locate: { desired.schemas[sources[$0]].location(of: $1) })
        let unmanaged = findings.filter { $0.status == .unmanaged }
        let differing = findings.filter { $0.status != .unmanaged }
        let recorded = survey.shards.compactMap { survey.recorded[$0.id]?.since }.max()
        return DriftReport(
            environment: survey.plan.environment, revision: survey.plan.revision,
            recordedAt: recorded, shardCount: survey.shards.count,
            inSyncCount: survey.comparison.inSyncCount, findings: differing, unmanaged: unmanaged,
            unknown: survey.plan.unknown, unsupported: survey.plan.unsupported,
            stale: survey.source.stale,
            notices: survey.notices
                + survey.comparison.unfitNames { session.engine.catalog[$0] },
            exitStatus: Self.status(differing, survey.plan))
    }

    /// The one place where drift becomes an exit status.
    private static func status(_ findings: [TableFinding], _ plan: Plan) -> ExitStatus {
        var statuses: [ExitStatus] = []
        if !findings.isEmpty { statuses.append(.difference) }
        if !plan.unsupported.isEmpty { statuses.append(.refused) }
        if !plan.unknown.isEmpty { statuses.append(.incomplete) }
        return ExitStatus.strongest(statuses)
    }
}
