import Diff
import Execution
import Ledger
import Schema

/// Takes a person's decision about steps of the latest plan and records it.
package struct Decisions: Sendable {
    /// What a person decides.
    package struct Request: Sendable {
        package var decision: ApprovalRecord.Decision
        /// Beginnings of step digests, at least four digits each; empty for all that wait.
        package var digests: [String]
        package var approver: String
        package var reason: String
        package var expires: Timestamp?

        package init(
            decision: ApprovalRecord.Decision, digests: [String], approver: String,
            reason: String, expires: Timestamp?
        ) {
            self.decision = decision
            self.digests = digests
            self.approver = approver
            self.reason = reason
            self.expires = expires
        }
    }

    /// Why a decision was not taken.
    package struct Refusal: RemediedError {
        package enum Code: Sendable {
            /// Nothing like it waits.
            case notFound
            case ambiguous
            /// Policy does not let this person decide, or the decision is taken already.
            case refused
        }
        package let code: Code
        package let fault: String
        package let remedy: String?

        init(code: Code, message fault: String, remedy: String? = nil) {
            self.code = code
            self.fault = fault
            self.remedy = remedy
        }
    }

    private let store: LedgerStore
    private let approve: Set<Hazard>
    private let refusesAuthor: Bool

    /// - Parameter approve: the hazards that wait for an approval.
    package init(store: LedgerStore, approve: Set<Hazard>, refusesAuthor: Bool) {
        self.store = store
        self.approve = approve
        self.refusesAuthor = refusesAuthor
    }

    /// Records the decision about every step that `request` names, in one commit.
    package func record(_ request: Request) throws -> [ApprovalRecord] {
        let steps = try chosen(request)
        var records: [ApprovalRecord] = []
        let subject = request.decision == .approve ? "Approve" : "Deny"
        let names = steps.map { "\($0.binding.namespace).\($0.binding.table)" }
        let event = LedgerEvent(
            request.decision == .approve ? "approved" : "denied",
            subject: "\(subject) \(names.joined(separator: ", "))",
            key: steps.map(\.digest.short).joined(separator: ","), reason: request.reason)
        var refusal: Refusal?
        try store.transact(event) { draft throws(LedgerError) in
            records = []
            refusal = nil
            for step in steps {
                let present = try draft.read(
                    ApprovalRecord.self, at: RecordPath.approval(step.digest))
                let result = Self.merge(request, step, into: present, now: store.now)
                switch result {
                case .success(let record):
                    records.append(record)
                    try draft.set(RecordPath.approval(step.digest), json: record)
                case .failure(let problem):
                    refusal = problem
                    return .nothing
                }
            }
            return .commit
        }
        if let refusal { throw refusal }
        return records
    }

    private struct Choice {
        let digest: Digest
        let binding: ApprovalBinding
    }

    /// The steps that the request names, as the latest plan has them.
    private func chosen(_ request: Request) throws -> [Choice] {
        guard let snapshot = try store.snapshot(),
            let environment = try snapshot.read(
                EnvironmentRecord.self, at: RecordPath.environment),
            let latest = environment.latestPlan,
            let plan = try snapshot.read(Plan.self, at: RecordPath.plan(latest))
        else {
            throw Refusal(
                code: .notFound,
                message: "\(store.environment) has no plan yet", remedy: "run `plumb plan` first")
        }
        try plan.validate()
        let waiting = try plan.steps.filter { approve.contains($0.hazard) }.map { step in
            let binding = ApprovalBinding(environment: plan.environment, step: step)
            return (step: step, choice: Choice(digest: try binding.digest(), binding: binding))
        }
        var chosen = waiting
        if !request.digests.isEmpty {
            chosen = try request.digests.map { prefix in
                try match(prefix, among: waiting, plan: latest)
            }
        }
        guard !chosen.isEmpty else {
            throw Refusal(
                code: .notFound, message: "nothing in plan \(latest.short) waits for an approval")
        }
        for (step, choice) in chosen where request.decision == .approve && refusesAuthor {
            guard step.cause.author != request.approver else {
                throw Refusal(
                    code: .refused,
                    message: "\(choice.digest.short): \(request.approver) is the author of the "
                        + "change", remedy: "policy.approvers.not_author asks for somebody else")
            }
        }
        return chosen.map(\.choice)
    }

    private func match(
        _ prefix: String, among waiting: [(step: PlanStep, choice: Choice)], plan: Digest
    ) throws -> (step: PlanStep, choice: Choice) {
        guard prefix.count >= 4 else {
            throw Refusal(
                code: .ambiguous, message: "`\(prefix)` is too short",
                remedy: "give at least four digits of the digest")
        }
        let found = waiting.filter { $0.choice.digest.hex.hasPrefix(prefix.lowercased()) }
        guard let first = found.first else {
            let known = waiting.map(\.choice.digest.short).joined(separator: ", ")
            throw Refusal(
                code: .notFound,
                message: "no step of plan \(plan.short) that waits for an approval begins with "
                    + "`\(prefix)`",
                remedy: known.isEmpty ? nil : "those that wait are \(known)")
        }
        guard found.count == 1 else {
            throw Refusal(
                code: .ambiguous, message: "`\(prefix)` fits \(Count.of(found.count, "step"))",
                remedy: "give more digits"
            )
        }
        return first
    }

    /// Adds a decision to what was decided before; a denial stays.
    private static func merge(
        _ request: Request, _ step: Choice, into present: ApprovalRecord?, now: Timestamp
    ) -> Result<ApprovalRecord, Refusal> {
        let approver = ApprovalRecord.Approver(
            name: request.approver, reason: request.reason, given: now.iso, source: "command")
        let fresh = ApprovalRecord(
            digest: step.digest, binding: step.binding, decision: request.decision,
            approvers: [approver], expires: request.expires?.iso)
        guard var record = present else { return .success(fresh) }
        if record.decision == .deny, request.decision == .approve {
            let who = record.approvers.first?.name ?? "somebody"
            return .failure(
                Refusal(
                    code: .refused,
                    message: "\(step.digest.short) was denied by \(who): a denial is final for "
                        + "exactly this step", remedy: "change the step and it is asked again"))
        }
        if request.decision == .deny {
            var denial = fresh
            denial.consumed = record.consumed
            return .success(denial)
        }
        if step.binding.shards.allSatisfy({ record.consumed[$0] != nil }) {
            // Used up everywhere, and asked again: nobody's earlier word counts for that.
            return .success(fresh)
        }
        record.approvers.removeAll { $0.name == request.approver }
        record.approvers.append(approver)
        record.expires = request.expires?.iso
        return .success(record)
    }
}
