import Reconciler
import Schema

/// Cutovers that operations wait for.
package enum CutoverEndpoint {
    package static let cutover = Endpoint(
        "rollouts.cutover", .post, "/rollouts/{rollout}/cutover", .operate,
        summary: "let tables change that are ready and wait for it",
        parameters: [.rollout, namespaces, shards, .reason]
    ) { asked, session in
        let found = asked.texts(namespaces)
        let chosen = RolloutRequests.Chosen(
            namespaces: found.isEmpty ? nil : Set(found), shards: asked.texts(shards))
        let (id, count) = try RolloutRequests(store: session.ledger.store).cutover(
            asked.text(.rollout), of: chosen, reason: try asked.required(.reason))
        return .acknowledging(
            "cutover", [["rollout": id, "operations": "\(count)"]],
            "rollout \(id): the cutover of \(Count.of(count, "operation")) is asked for: "
                + "`plumb reconcile`, or the daemon's next pass, does it")
    }

    static let namespaces = Parameter(
        "namespace", .list, in: .body, word: "name", help: "only this namespace")
    static let shards = Parameter(
        "shard", .list, in: .body, word: "name-or-glob", help: "only these shards")
}
