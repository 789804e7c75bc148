import Basics
import Diff
import Ledger
import Model
import Schema
import Signatures

/// Records a person's approval or denial of steps of the latest plan.
package struct DecisionRecorder: Sendable {
    /// What is decided, by whom and for how long.
    package struct Request: Sendable {
        package var decision: ApprovalRecord.Decision
        /// Beginnings of step digests, at least four digits each; empty for every waiting step.
        package var digests: [String]
        package var approver: LedgerActor
        /// Why, for the audit trail.
        package var reason: String
        /// How long it is valid, in seconds; nil for as long as policy allows.
        package var holdsSeconds: Int64?
        /// What signs every decision; nil to record them unsigned.
        package var signer: DecisionSigner?

        package init(
            decision: ApprovalRecord.Decision, digests: [String], approver: LedgerActor,
            reason: String, holdsSeconds: Int64? = nil, signer: DecisionSigner? = nil
        ) {
            self.decision = decision
            self.digests = digests
            self.approver = approver
            self.reason = reason
            self.holdsSeconds = holdsSeconds
            self.signer = signer
        }
    }

    /// Why a decision was not taken.
    package struct Refusal: RemediedError {
        /// The kind of refusal, which decides the exit status.
        package enum Code: Sendable {
            /// No waiting step matches.
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

    private let session: LedgerSession
    private var store: LedgerStore { session.store }

    package init(session: LedgerSession) {
        self.session = session
    }

    /// A decision as it was recorded.
    package struct Recorded: Sendable {
        package let record: ApprovalRecord
        package let entry: ApprovalRecord.Approver
        /// How many different people's approvals count now, this one included.
        package let people: Int
        /// Who gave it, by the allowed signers; nil where no proof is demanded.
        package let signer: String?
    }

    /// Records the decision about every step that `request` names, in one commit.
    package func record(_ request: Request) throws -> [Recorded] {
        let snapshot = try store.snapshot()
        let check = try ApprovalCheckFactory(session: session, snapshot: snapshot).check(
            present: [:])
        let chosen = try ChosenSteps(session: session, snapshot: snapshot)
            .steps(request.digests)
        var entries: [(step: ChosenSteps.Choice, entry: ApprovalRecord.Approver)] = []
        for step in chosen {
            let entry = try entry(about: step, request, check.terms)
            try require(entry, about: step, request, check)
            entries.append((step, entry))
        }
        var records: [ApprovalRecord] = []
        var refusal: Refusal?
        try store.transact(event(request, chosen)) { draft throws(LedgerError) in
            records = []
            refusal = nil
            for (step, entry) in entries {
                let present = try draft.approval(step.digest)
                switch Self.adding(entry, about: step, to: present) {
                case .success(let record):
                    records.append(record)
                    try draft.setDecisions(record)
                case .failure(let problem):
                    refusal = problem
                    return .nothing
                }
            }
            return .commit
        }
        if let refusal { throw refusal }
        return zip(entries, records).map { item, record in
            recorded(item.entry, about: item.step, in: record, check)
        }
    }

    private func event(_ request: Request, _ steps: [ChosenSteps.Choice]) -> LedgerEvent {
        let isApproval = request.decision == .approve
        let names = steps.map { "\($0.binding.namespace).\($0.binding.object.encoded)" }
        return LedgerEvent(
            isApproval ? "approved" : "denied",
            subject: "\(isApproval ? "Approve" : "Deny") \(names.joined(separator: ", "))",
            key: steps.map(\.digest.short).joined(separator: ","), reason: request.reason)
    }

    private func recorded(
        _ entry: ApprovalRecord.Approver, about step: ChosenSteps.Choice,
        in record: ApprovalRecord, _ check: ApprovalCheck
    ) -> Recorded {
        var persons = DistinctPeople()
        let uses = record.usesByShard()
        for known in record.approvers where known.decision != .deny {
            let counts = step.binding.shards.contains {
                !record.isUsedUp(known, on: $0, own: uses[$0] ?? [])
            }
            guard counts else { continue }
            let result = check.check(known, in: record, cause: step.cause, now: store.now)
            if let valid = try? result.get() { persons.add(valid.person) }
        }
        return Recorded(
            record: record, entry: entry, people: persons.count,
            signer: check.signer(of: entry, in: record))
    }

    // MARK: One word

    /// The decision about one step, signed where a key was given.
    private func entry(
        about step: ChosenSteps.Choice, _ request: Request, _ terms: ApprovalTerms
    ) throws -> ApprovalRecord.Approver {
        let now = store.now
        var entry = ApprovalRecord.Approver(
            name: request.approver.email, reason: request.reason, given: now.iso,
            source: ApprovalRecord.Approver.command)
        entry.id = Self.nonce()
        entry.decision = request.decision
        let actor = request.approver
        if actor.name != actor.email { entry.others = ["\(actor.name) <\(actor.email)>"] }
        let end = terms.expiry(request.holdsSeconds.map(now.adding(seconds:)), given: now)
        entry.expires = end.iso
        try request.signer?.sign(&entry) { ApprovalStatement($0, in: Self.fresh($0, about: step)) }
        return entry
    }

    /// A new random number of 128 bits, in hexadecimal, so that no two decisions have the same
    /// identifier.
    private static func nonce() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Throws where the approval would not count; a denial always counts.
    private func require(
        _ entry: ApprovalRecord.Approver, about step: ChosenSteps.Choice, _ request: Request,
        _ check: ApprovalCheck
    ) throws(Refusal) {
        guard request.decision == .approve else { return }
        let result = check.check(
            entry, in: Self.fresh(entry, about: step), cause: step.cause, now: store.now)
        guard case .failure(let refusal) = result else { return }
        throw Self.refusal(refusal.obstacle, step.digest)
    }

    private static func refusal(_ obstacle: ApprovalCheck.Obstacle, _ step: Digest) -> Refusal {
        switch obstacle {
        case .author(let name):
            Refusal(
                code: .refused, message: "\(step.short): \(name) is the author of the change",
                remedy: "policy.approvers.not_author asks for somebody else")
        case .nameless, .notProved, .unreadable, .future, .expired, .authorUnknown:
            Refusal(code: .refused, message: "\(step.short): the approval \(obstacle.phrase)")
        }
    }

    private static func fresh(
        _ entry: ApprovalRecord.Approver, about step: ChosenSteps.Choice
    ) -> ApprovalRecord {
        ApprovalRecord(
            digest: step.digest, binding: step.binding, decision: entry.decision ?? .approve,
            approvers: [entry], expires: entry.expires)
    }

    /// Adds a decision to those recorded before; none of them is lost, and a denial stays.
    private static func adding(
        _ entry: ApprovalRecord.Approver, about step: ChosenSteps.Choice,
        to present: ApprovalRecord?
    ) -> Result<ApprovalRecord, Refusal> {
        guard var record = present else { return .success(fresh(entry, about: step)) }
        if record.decision == .deny, entry.decision == .approve {
            let denial = record.approvers.first { $0.decision == .deny } ?? record.approvers.first
            return .failure(
                Refusal(
                    code: .refused,
                    message: "\(step.digest.short) was denied by \(denial?.name ?? "somebody"): a "
                        + "denial is final for exactly this step",
                    remedy: "change the step and it is asked again"))
        }
        if entry.decision == .deny { record.decision = .deny }
        record.approvers.append(entry)
        record.expires = entry.expires
        return .success(record)
    }
}
