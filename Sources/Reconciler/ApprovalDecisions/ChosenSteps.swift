import Diff
import Ledger
import Model
import Schema

/// The steps of the latest plan that wait for an approval, chosen by the beginnings of their
/// digests.
struct ChosenSteps {
    /// One chosen step, with the binding that its decision is recorded for.
    struct Choice {
        let digest: Digest
        let binding: ApprovalBinding
        let cause: PlanCause
    }

    let session: LedgerSession
    let snapshot: RecordSnapshot?

    /// The steps whose digests begin with one of `digests`; every waiting step where that is empty.
    func steps(_ digests: [String]) throws -> [Choice] {
        let plan = try latestPlan()
        let waiting = try plan.steps.filter { session.fleet.policy.approve.contains($0.hazard) }
            .map { step in
                let binding = ApprovalBinding(environment: plan.environment, step: step)
                return Choice(
                    digest: try binding.digest(), binding: binding, cause: step.cause)
            }
        let label = try plan.digest().short
        let chosen =
            digests.isEmpty
            ? waiting : try digests.map { try match($0, among: waiting, plan: label) }
        guard !chosen.isEmpty else {
            throw DecisionRecorder.Refusal(
                code: .notFound, message: "nothing in plan \(label) waits for an approval")
        }
        return chosen
    }

    private func latestPlan() throws -> Plan {
        let environment = session.environment.name
        guard let snapshot,
            let record = try snapshot.environmentRecord(),
            let latest = record.latestPlan,
            let plan = try snapshot.read(Plan.self, at: RecordPath.plan(latest))
        else {
            throw DecisionRecorder.Refusal(
                code: .notFound, message: "\(environment) has no plan yet",
                remedy: "run `plumb plan` first")
        }
        try plan.validate()
        guard plan.environment == environment else {
            throw DecisionRecorder.Refusal(
                code: .refused,
                message: "the latest plan of \(environment) is one of \(plan.environment)",
                remedy: "run `plumb plan` again")
        }
        guard plan.revision.commit != nil else {
            throw DecisionRecorder.Refusal(
                code: .refused,
                message: "the latest plan was made of files that nobody committed",
                remedy: "commit them, run `plumb plan`, and approve that")
        }
        return plan
    }

    private func match(
        _ prefix: String, among waiting: [Choice], plan: String
    ) throws(DecisionRecorder.Refusal) -> Choice {
        guard prefix.count >= Digest.distinctDigits else {
            throw DecisionRecorder.Refusal(
                code: .ambiguous, message: "`\(prefix)` is too short",
                remedy: "give at least \(Digest.distinctDigits) digits of the digest, as the plan "
                    + "prints them")
        }
        let found = waiting.filter { $0.digest.hex.hasPrefix(prefix.lowercased()) }
        guard let first = found.first else {
            let known = waiting.map(\.digest.distinct).joined(separator: ", ")
            throw DecisionRecorder.Refusal(
                code: .notFound,
                message: "no step of plan \(plan) that waits for an approval begins with "
                    + "`\(prefix)`",
                remedy: known.isEmpty ? nil : "those that wait are \(known)")
        }
        guard found.count == 1 else {
            throw DecisionRecorder.Refusal(
                code: .ambiguous, message: "`\(prefix)` fits \(Count.of(found.count, "step"))",
                remedy: "give more digits")
        }
        return first
    }
}
