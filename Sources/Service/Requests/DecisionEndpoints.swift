import Desired
import Model
import Reconciler
import Schema
import Signatures
import Views

/// Steps of the latest plan that are approved or denied.
package enum DecisionEndpoints {
    package static let approve = decision(
        .approve, "/approve", summary: "approve steps of the latest plan that wait for approval",
        parameters: [expires])

    package static let deny = decision(
        .deny, "/deny", summary: "deny steps of the latest plan; final for exactly these steps")

    static let digests = Parameter(
        "digest", .list, in: .body, argument: "a digest",
        help: "the beginning of the step's digest, as plans have it")
    static let all = Parameter(
        "all", .flag, in: .body, help: "every step that waits in the latest plan")
    static let expires = Parameter(
        "expires", .duration, in: .body,
        help: "how long the approval is valid: 12h, 7d (default: 7d)")

    private static func decision(
        _ decision: ApprovalRecord.Decision, _ path: String, summary: String,
        parameters: [Parameter] = []
    ) -> Endpoint {
        Endpoint(
            "approvals.\(decision.rawValue)", .post, path, .approve, summary: summary,
            parameters: [digests, all] + parameters + [.reason],
            check: { asked in
                guard asked.texts(digests).isEmpty == asked.has(all) else {
                    throw UsageError(
                        message: "no step is named, or all and some of them",
                        remedy: "give the digests of the steps as `plumb plan` prints them, or "
                            + "--all")
                }
            }
        ) { asked, session in
            let ledger = session.ledger
            let holds = try lifetime(asked, ledger.request.approvals)
            let recorded = try DecisionRecorder(session: ledger).record(
                DecisionRecorder.Request(
                    decision: decision, digests: asked.texts(digests),
                    approver: ledger.request.actor, reason: try asked.required(.reason),
                    holdsSeconds: holds, signer: session.signer))
            let minimum = ledger.fleet.policy.approvers.minimum
            return Answer { format, _ in
                format == .json ? json(recorded) : text(recorded, minimum: minimum)
            }
        }
    }

    /// How long an approval is valid, in seconds; never longer than the operator allows.
    private static func lifetime(
        _ asked: Parameters, _ settings: ApprovalSettings
    ) throws -> Int64 {
        let limit = settings.lifetimeSeconds
        let holds = asked.seconds(expires) ?? min(limit, 7 * 86_400)
        guard holds <= limit else {
            throw UsageError(
                message: "\(asked.name(expires)) \(asked.text(expires) ?? ""): longer than an "
                    + "approval may be valid, which is \(limit / 3600) hours",
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
