import Diff
import Ledger
import Model
import Reports
import Schema

/// Plans, asks the gate and records the plan, unless it is a proposal's; changes no shard.
package struct PlanPass {
    private let pass: PassContext

    package init(pass: PassContext) {
        self.pass = pass
    }

    /// Runs the pass; throws where no report can be made.
    package func run() throws -> PlanReport {
        // An unwritable ledger is reported before the work and not after it.
        if !pass.isProposal { try pass.store.ledger.make() }
        let planned = try pass.plan()
        var gated = try pass.gate(planned)
        gated.report.isProposal = pass.isProposal
        // The plan of a proposal is not recorded, so no step of it can be approved.
        if !pass.isProposal { try record(planned, gated) }
        return gated.report
    }

    /// Records the plan, so that its steps can be approved by digest, and what servers proved.
    private func record(_ planned: PlanningPass.Result, _ gated: GateStage.Output) throws {
        let digest = gated.report.digest
        let cache = pass.context.cache
        let latest = try planned.snapshot?.environmentRecord()?.latestPlan
        guard latest != digest || cache.hasUnsaved else { return }
        let event = LedgerEvent(
            "planned", subject: "Plan \(digest.short) at \(planned.plan.revision.label)",
            key: digest.hex)
        try pass.store.transact(event) { draft throws(LedgerError) in
            try draft.set(RecordPath.plan(digest), json: planned.plan)
            try cache.save(into: &draft)
            var environment = try draft.environmentRecord() ?? EnvironmentRecord()
            environment.latestPlan = digest
            try draft.set(RecordPath.environment, json: environment)
            return .commit
        }
        cache.saved()
    }
}
