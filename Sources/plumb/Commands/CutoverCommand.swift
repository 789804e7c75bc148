import Model
import Reconciler
import Schema
import Service
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
        let reason = try invocation.reason()
        let wanted = try invocation.onlyArgument("a rollout")
        let format = try invocation.format()
        let request = try invocation.request()
        let session = try LedgerSession.open(request, PassHooks())
        let chosen = RolloutRequests.Chosen(
            namespaces: request.scope.namespaces, shards: request.scope.shards)
        let (id, count) = try RolloutRequests(store: session.store).cutover(
            wanted, of: chosen, reason: reason)
        let text =
            "rollout \(id): the cutover of \(Count.of(count, "operation")) is asked for: "
            + "`plumb reconcile`, or the daemon's next pass, does it"
        return invocation.acknowledge(
            "cutover", [["rollout": id, "operations": "\(count)"]], text, as: format)
    }
}
