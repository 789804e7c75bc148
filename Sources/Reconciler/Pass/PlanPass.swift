import Diff
import Ledger
import Model
import Reports
import Schema

/// Surveys, gates, and records the plan, unless it is a proposal's; changes nothing on any shard.
package struct PlanPass {
    private let pass: PassContext

    package init(pass: PassContext) {
        self.pass = pass
    }

    package func run() throws -> PlanReport {
        // A ledger that cannot be written is said before the work, not after it.
        if !pass.isProposal { try pass.store.ledger.make() }
        let planned = try pass.plan()
        var gated = try pass.gate(planned)
        gated.report.isProposal = pass.isProposal
        // What is only proposed is nobody's plan yet, and no step of it can be approved.
        if !pass.isProposal { try record(planned, gated) }
        return gated.report
    }

    /// Keeps the plan, so that its steps can be approved by digest, and what was learnt.
    private func record(_ planned: PlanningPass.Result, _ gated: GateStage.Output) throws {
        let digest = gated.report.digest
        let cache = pass.context.cache
        let latest = try planned.snapshot?.read(
            EnvironmentRecord.self, at: RecordPath.environment)?.latestPlan
        guard latest != digest || cache.hasNews else { return }
        let event = LedgerEvent(
            "planned", subject: "Plan \(digest.short) at \(planned.plan.revision.label)",
            key: digest.hex)
        try pass.store.transact(event) { draft throws(LedgerError) in
            try draft.set(RecordPath.plan(digest), json: planned.plan)
            try cache.save(into: &draft)
            var environment =
                try draft.read(
                    EnvironmentRecord.self, at: RecordPath.environment) ?? EnvironmentRecord()
            environment.latestPlan = digest
            try draft.set(RecordPath.environment, json: environment)
            return .commit
        }
        cache.saved()
    }
}
