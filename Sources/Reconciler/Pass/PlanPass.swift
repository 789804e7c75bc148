import Diff
import Ledger
import Model
import Reports
import Schema

/// Surveys, gates, and records the plan, unless it is a proposal's; changes nothing on any shard.
package struct PlanPass {
    private let session: Session

    package init(session: Session) {
        self.session = session
    }

    package func run() throws -> PlanReport {
        // A ledger that cannot be written is said before the work, not after it.
        if !session.isProposal { try session.store.ledger.make() }
        let survey = try session.survey()
        var gated = try session.gate(survey)
        gated.report.isProposal = session.isProposal
        // What is only proposed is nobody's plan yet, and no step of it can be approved.
        if !session.isProposal { try record(survey, gated) }
        return gated.report
    }

    /// Keeps the plan, so that its steps can be approved by digest, and what was learnt.
    private func record(_ survey: Survey.Result, _ gated: GateStage.Output) throws {
        let digest = gated.report.digest
        let knowledge = session.engine.knowledge
        let latest = try survey.snapshot?.read(
            EnvironmentRecord.self, at: RecordPath.environment)?.latestPlan
        guard latest != digest || knowledge.hasNews else { return }
        let event = LedgerEvent(
            "planned", subject: "Plan \(digest.short) at \(survey.plan.revision.label)",
            key: digest.hex)
        try session.store.transact(event) { draft throws(LedgerError) in
            try draft.set(RecordPath.plan(digest), json: survey.plan)
            try knowledge.save(into: &draft)
            var environment =
                try draft.read(
                    EnvironmentRecord.self, at: RecordPath.environment) ?? EnvironmentRecord()
            environment.latestPlan = digest
            try draft.set(RecordPath.environment, json: environment)
            return .commit
        }
        knowledge.saved()
    }
}
