import Model
import Reconciler
import Schema
import Views

/// `plumb cutover`.
enum CutoverCommand {
    static let command = Command(
        name: "cutover", summary: "let tables change that are ready and wait for it",
        arguments: "[rollout]",
        details: """
            For a rollout whose `policy.rollout.cutover` is `manual`: its operations are made ready
            on all shards, and each waits for this. Without --shard all of them change, wave by
            wave, with the next `plumb reconcile` or the daemon's next pass.
            """,
        options: Option.fleet + [.reason, .output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        guard let reason = invocation.value(.reason), !reason.isEmpty else {
            throw UsageError(
                message: "a reason is needed for the audit trail", remedy: "give it with --reason")
        }
        let format = try invocation.format()
        let request = try invocation.request()
        let session = try LedgerSession.open(request, PassHooks())
        let chosen = RolloutRequests.Chosen(
            namespaces: request.scope.namespaces, shards: request.scope.shards)
        let (id, count) = try RolloutRequests(store: session.store).cutover(
            invocation.arguments.first, of: chosen, reason: reason)
        let text =
            "rollout \(id): the cutover of \(Count.of(count, "operation")) is asked for: "
            + "`plumb reconcile`, or the daemon's next pass, does it"
        invocation.terminal.answer(
            format == .json
                ? JSONView.table(
                    kind: "cutover", rows: [["rollout": id, "operations": "\(count)"]],
                    summary: text, exit: .done) + "\n"
                : Visible.line(text) + "\n")
        return .done
    }
}
