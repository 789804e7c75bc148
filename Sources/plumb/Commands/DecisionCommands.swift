import Desired
import Execution
import Ledger
import Reconciler
import Schema
import Views

/// `plumb approve` and `plumb deny`.
enum DecisionCommands {
    static let approve = Command(
        name: "approve", summary: "allow steps of the latest plan that wait for it",
        arguments: "[digest…]",
        details: """
            A decision is bound to the digest of exactly that step: where from, where to, on which
            shards, by which change. Any change to the step asks again; nothing else does.
            """,
        options: options + [.expires],
        run: { try run($0, .approve) })

    static let deny = Command(
        name: "deny", summary: "refuse steps of the latest plan; remembered for exactly those",
        arguments: "[digest…]",
        options: options,
        run: { try run($0, .deny) })

    private static let options: [Option] =
        Option.fleet.filter { ![Option.namespace.name, Option.shard.name].contains($0.name) }
        + [.all, .reason, .output, .noColor]

    private static func run(
        _ invocation: Invocation, _ decision: ApprovalRecord.Decision
    ) throws -> ExitStatus {
        guard invocation.arguments.isEmpty == invocation.has(.all) else {
            throw UsageError(
                message: "no step is named, or all and some of them",
                remedy: "give the digests of the steps as `plumb plan` prints them, or --all")
        }
        guard let reason = invocation.value(.reason), !reason.isEmpty else {
            throw UsageError(
                message: "a reason is needed for the audit trail", remedy: "give it with --reason")
        }
        let format = try invocation.format()
        let session = try LedgerSession.open(try invocation.request(), PassSurroundings())
        let policy = session.fleet.policy
        let holds = try invocation.seconds(.expires, default: 7 * 86_400)
        let decisions = Decisions(
            store: session.store, approve: policy.approve,
            refusesAuthor: policy.approvers.notAuthor)
        let records = try decisions.record(
            Decisions.Request(
                decision: decision, digests: invocation.arguments,
                approver: session.request.actor.email, reason: reason,
                expires: decision == .approve
                    ? session.store.now.adding(seconds: holds) : nil))
        invocation.terminal.answer(
            format == .json ? json(records) : text(records, minimum: policy.approvers.minimum))
        return .done
    }

    private static func text(_ records: [ApprovalRecord], minimum: Int) -> String {
        records.map { record in
            let binding = record.binding
            let verb = record.decision == .approve ? "approved" : "denied"
            var line = "\(verb) \(record.digest.short)  \(binding.namespace).\(binding.table)  "
            line += ShardNames.compact(binding.shards)
            if let expires = record.expires { line += "  until \(expires)" }
            if record.decision == .approve, record.approvers.count < minimum {
                line += "  (\(record.approvers.count) of \(minimum))"
            }
            return Visible.line(line) + "\n"
        }.joined()
    }

    private static func json(_ records: [ApprovalRecord]) -> String {
        JSONView.table(
            kind: "decision",
            rows: records.map { record in
                [
                    "digest": record.digest.hex, "decision": record.decision.rawValue,
                    "namespace": record.binding.namespace, "table": record.binding.table,
                    "expires": record.expires ?? "",
                ]
            }, summary: Count.of(records.count, "decision") + " recorded", exit: .done) + "\n"
    }
}
