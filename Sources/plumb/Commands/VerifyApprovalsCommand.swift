import Basics
import Ledger
import Model
import Reconciler
import Schema
import Service
import Views

/// `plumb verify-approvals`.
enum VerifyApprovalsCommand {
    static let command = Command(
        name: "verify-approvals",
        summary: "who approved what, on what proof, and whether it verifies",
        details: """
            Reads the ledger and the schema repository, no server. Every signature is verified
            again, every file is compared with the commit that added it, and every use with the
            approvals behind it; an operation does not verify either when the approval that it used
            is gone. Exit status 1 where something does not verify.
            """,
        options: options + [.given, .until, .output, .noColor], run: run)

    private static let options: [Option] = Option.environmentWide.filter {
        $0.name != Option.workingTree.name
    }

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let since = try invocation.time(.given)
        let until = try invocation.time(.until)
        let session = try LedgerSession.open(try invocation.request(.baseOnly), PassHooks())
        try session.store.ledger.requireMade()
        let entries = try ApprovalAudit(session: session).entries(since: since, until: until)
        let gaps = try session.store.snapshot().map { try ApprovalGaps(snapshot: $0).all() } ?? []
        let problems = entries.count { $0.problem != nil } + gaps.count
        let status = ExitStatus(problems == 0 ? [] : [.checkFailed])
        let found = problems == 0 ? "all verify" : "\(problems) do not verify"
        let summary = "\(Count.of(entries.count, "decision")), \(found)"
        if format == .json {
            invocation.terminal.answer(
                JSONView.table(
                    kind: "verify-approvals", rows: entries.map(row) + gaps.map(row),
                    summary: summary,
                    exit: status) + "\n")
            return status
        }
        let note =
            session.request.approvals.identity == .declared
            ? "identities are not checked (approvals.identity)\n" : ""
        invocation.answer(
            entries.map(text).joined() + gaps.map(text).joined() + note
                + "\(summary)  exit \(status.rawValue)\n", as: format)
        return status
    }

    private static func verb(_ audited: ApprovalAudit.AuditedEntry) -> String {
        switch audited.entry.decision ?? audited.record.decision {
        case .approve: "approved"
        case .deny: "denied"
        }
    }

    private static func text(_ audited: ApprovalAudit.AuditedEntry) -> String {
        let binding = audited.record.binding
        let object = binding.object.label(in: binding.namespace)
        var lines = [
            "\(audited.entry.given)  \(verb(audited)) \(audited.record.digest.short)  \(object)  "
                + ShardNames.compact(binding.shards),
            "  by \(audited.entry.name): \(audited.entry.reason)", "  proof: \(audited.proof)",
        ]
        for use in audited.uses {
            lines.append(
                use.withdrawn.map { "  counts no more on \(use.shard): \($0)" }
                    ?? "  used up by \(use.operation) at \(use.at)")
        }
        if let problem = audited.problem { lines.append("  DOES NOT VERIFY: \(problem)") }
        // Line breaks are escaped: a reason with one could imitate the lines of other approvals.
        return lines.map(Visible.line).joined(separator: "\n") + "\n\n"
    }

    private static func text(_ gap: ApprovalGaps.Gap) -> String {
        Visible.line("\(gap.place)") + "\n"
            + Visible.line("  DOES NOT VERIFY: \(gap.problem)") + "\n\n"
    }

    private static func row(_ gap: ApprovalGaps.Gap) -> [String: String] {
        ["operation": gap.place, "problem": gap.problem]
    }

    private static func row(_ audited: ApprovalAudit.AuditedEntry) -> [String: String] {
        let binding = audited.record.binding
        return [
            "digest": audited.record.digest.hex,
            "decision": (audited.entry.decision ?? audited.record.decision).rawValue,
            "environment": binding.environment, "namespace": binding.namespace,
            "table": binding.object.encoded, "shards": binding.shards.joined(separator: " "),
            "approver": audited.entry.name, "reason": audited.entry.reason,
            "given": audited.entry.given,
            "expires": audited.entry.expires ?? "", "source": audited.entry.source,
            "commit": audited.entry.commit ?? "", "proof": audited.proof,
            "uses": audited.uses.map { "\($0.operation) at \($0.at)" }.joined(separator: "\n"),
            "problem": audited.problem ?? "",
        ]
    }
}
