import Desired
import Diff
import Execution
import Git
import Schema

/// Decisions that were given by pull request: `approvals/<digest>.yaml`.
struct FileApprovals {
    let files: [ApprovalFile]
    let plan: Plan
    let source: FetchedSource

    struct Found {
        /// One for each file whose digest is a step of the plan.
        var records: [ApprovalRecord] = []
        var notices: [Notice] = []

        /// `known` with the new ones; the approvers of a decision add up.
        func merged(into known: [ApprovalRecord]) -> [ApprovalRecord] {
            var result = Dictionary(known.map { ($0.digest, $0) }) { first, _ in first }
            for record in records { result[record.digest] = record }
            return result.values.sorted { $0.digest < $1.digest }
        }
    }

    /// - Parameter known: what the ledger holds already.
    func records(known: [ApprovalRecord]) throws -> Found {
        var bindings: [Digest: ApprovalBinding] = [:]
        for step in plan.steps {
            let binding = ApprovalBinding(environment: plan.environment, step: step)
            bindings[try binding.digest()] = binding
        }
        let present = Dictionary(known.map { ($0.digest, $0) }) { first, _ in first }
        var found = Found()
        for file in files {
            guard let binding = bindings[file.digest] else {
                if present[file.digest] == nil { found.notices.append(Self.unused(file)) }
                continue
            }
            found.records.append(record(file, binding, present[file.digest]))
        }
        return found
    }

    private func record(
        _ file: ApprovalFile, _ binding: ApprovalBinding, _ present: ApprovalRecord?
    ) -> ApprovalRecord {
        // Whoever committed the file counts as its approver too: a name is quickly typed, and the
        // author of a change must not slip through with somebody else's.
        let committer = source.lastCommit(touching: file.location.file)?.authorEmail
        let isOwn = committer != nil && isAuthor(committer, of: binding)
        let approver = ApprovalRecord.Approver(
            name: isOwn ? (committer ?? file.approver) : file.approver, reason: file.reason,
            given: Timestamp(file.given).iso, source: file.location.file)
        let decision: ApprovalRecord.Decision = file.decision == .deny ? .deny : .approve
        var record = ApprovalRecord(
            digest: file.digest, binding: binding, decision: decision, approvers: [approver],
            expires: file.expires.map { Timestamp($0).iso })
        guard let present else { return record }
        record.consumed = present.consumed
        let others = present.approvers.filter {
            $0.source != approver.source && $0.name != approver.name
        }
        if present.decision == .deny { record.decision = .deny }
        record.approvers = (others + [approver]).sorted { $0.name < $1.name }
        return record
    }

    private func isAuthor(_ name: String?, of binding: ApprovalBinding) -> Bool {
        plan.steps.contains { step in
            step.namespace == binding.namespace && step.table == binding.table
                && step.from == binding.from && step.cause.author == name
        }
    }

    private static func unused(_ file: ApprovalFile) -> Notice {
        Notice(
            code: "approval-unused",
            message: "\(file.location.file): no step of this plan has that digest; it authorises "
                + "nothing")
    }
}
