import Model
import Reconciler
import Views

/// `plumb retry`.
enum RetryCommand {
    static let command = Command(
        name: "retry", summary: "have a finalizer run again that waits, or may not have run",
        arguments: "[rollout]",
        details: """
            A finalizer whose run died is not started again by itself, unless it is idempotent:
            nobody knows whether it ran. The next `plumb reconcile`, or the daemon's next pass, runs
            it.
            """,
        options: Option.fleet.filter {
            ![Option.namespace.name, Option.shard.name].contains($0.name)
        } + [.reason, .output, .noColor],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        guard let reason = invocation.value(.reason), !reason.isEmpty else {
            throw UsageError(
                message: "a reason is needed for the audit trail", remedy: "give it with --reason")
        }
        let format = try invocation.format()
        let session = try LedgerSession.open(try invocation.request(), PassHooks())
        let found = try FinalizerRequests(store: session.store).retry(
            invocation.arguments.first, reason: reason)
        let names = found.namespaces.joined(separator: ", ")
        let text =
            "rollout \(found.rollout): the finalizer of \(names) runs again, with `plumb "
            + "reconcile` or the daemon's next pass"
        invocation.terminal.answer(
            format == .json
                ? JSONView.table(
                    kind: "retry", rows: found.namespaces.map { ["namespace": $0] },
                    summary: text, exit: .done) + "\n"
                : Visible.line(text) + "\n")
        return .done
    }
}
