import Desired
import Model
import Reconciler
import Schema
import Service
import Signatures
import Views

/// `plumb approve` and `plumb deny`.
enum DecisionCommands {
    static let approve = Command(
        name: "approve", summary: "approve steps of the latest plan that wait for approval",
        arguments: "[digest…]",
        details: """
            A decision is bound to the digest of exactly that step: the tables before and after, the
            change and the shards. If any of these changes, the step must be approved again.
            """,
        options: options + [.expires, .sign],
        run: { try run($0, .approve) })

    static let deny = Command(
        name: "deny", summary: "deny steps of the latest plan; final for exactly these steps",
        arguments: "[digest…]",
        options: options + [.sign],
        run: { try run($0, .deny) })

    private static let options: [Option] =
        Option.environmentWide + [.all, .reason, .output, .noColor]

    private static func run(
        _ invocation: Invocation, _ decision: ApprovalRecord.Decision
    ) throws -> ExitStatus {
        guard invocation.arguments.isEmpty == invocation.has(.all) else {
            throw UsageError(
                message: "no step is named, or all and some of them",
                remedy: "give the digests of the steps as `plumb plan` prints them, or --all")
        }
        let reason = try invocation.reason()
        let format = try invocation.format()
        let session = try LedgerSession.open(try invocation.request(), PassHooks())
        let holds = try lifetime(invocation, session.request.approvals)
        let recorded = try DecisionRecorder(session: session).record(
            DecisionRecorder.Request(
                decision: decision, digests: invocation.arguments,
                approver: session.request.actor, reason: reason, holdsSeconds: holds,
                key: try invocation.value(.sign).map(SigningKey.init(path:))))
        let minimum = session.fleet.policy.approvers.minimum
        invocation.terminal.answer(
            format == .json ? json(recorded) : text(recorded, minimum: minimum))
        return .done
    }

    /// How long an approval is valid, in seconds; never longer than the operator allows.
    private static func lifetime(
        _ invocation: Invocation, _ settings: ApprovalSettings
    ) throws -> Int64 {
        let limit = settings.lifetimeSeconds
        let holds = try invocation.seconds(.expires, default: min(limit, 7 * 86_400))
        guard holds <= limit else {
            throw UsageError(
                message: "--expires \(invocation.value(.expires) ?? ""): longer than an approval "
                    + "may be valid, which is \(limit / 3600) hours",
                remedy: "give a shorter time; the operator's limits.approval sets the longest")
        }
        return holds
    }

    private static func text(_ decisions: [DecisionRecorder.Recorded], minimum: Int) -> String {
        decisions.map { decision in
            let binding = decision.record.binding
            let isApproval = decision.entry.decision == .approve
            var line = "\(isApproval ? "approved" : "denied") \(decision.record.digest.short)  "
            line += "\(binding.namespace).\(binding.object.encoded)  "
            line += ShardNames.compact(binding.shards)
            if isApproval, let expires = decision.entry.expires { line += "  until \(expires)" }
            if isApproval, decision.people < minimum {
                line += "  (\(decision.people) of \(minimum))"
            }
            if let signer = decision.signer { line += "  signed by \(signer)" }
            return Visible.line(line) + "\n"
        }.joined()
    }

    private static func json(_ decisions: [DecisionRecorder.Recorded]) -> String {
        JSONView.table(
            kind: "decision",
            rows: decisions.map { decision in
                let isApproval = decision.entry.decision == .approve
                return [
                    "digest": decision.record.digest.hex,
                    "decision": (decision.entry.decision ?? .approve).rawValue,
                    "namespace": decision.record.binding.namespace,
                    "table": decision.record.binding.object.encoded,
                    "expires": isApproval ? decision.entry.expires ?? "" : "",
                    "approver": decision.entry.name, "signer": decision.signer ?? "",
                ]
            }, summary: Count.of(decisions.count, "decision") + " recorded", exit: .done) + "\n"
    }
}
