import Reconciler
import Schema

/// Shards and rollouts that are set aside.
package enum UnlockEndpoints {
    package static let shard = Endpoint(
        "shards.unlock", .post, "/unlock", .operate,
        summary: "end that a shard is set aside, after a look at it",
        parameters: [.target, .reason], check: { _ = try shard($0) }
    ) { asked, session in
        let (reason, shard) = (try asked.required(.reason), try shard(asked))
        let ledger = session.ledger
        let result = try Unlock(
            store: ledger.store, whereabouts: { ledger.whereabouts }
        ).unlock(shard, reason: reason)
        var parts = result.operations.map { "what became of \($0.encoded) is left open" }
        if result.forgotRecord { parts.append("its record was removed") }
        return .acknowledging(
            "unlock", [["shard": "\(shard)"]],
            "\(shard) is unlocked: \(parts.joined(separator: ", ")); the next `plumb reconcile` "
                + "reads it and plans anew")
    }

    package static let rollout = Endpoint(
        "rollouts.unlock", .post, "/rollouts/{rollout}/unlock", .operate,
        summary: "end that a rollout is set aside, after a look at it",
        parameters: [setAside, .reason]
    ) { asked, session in
        let id = try asked.required(setAside)
        let result = try Unlock(store: session.ledger.store).unlock(
            rollout: id, reason: try asked.required(.reason))
        var parts: [String] = []
        if let ended = result.ended {
            parts.append("it has ended, and \(Count.of(ended, "operation")) of it never begin")
        }
        if result.left > 0 {
            parts.append("\(Count.of(result.left, "operation")) may have begun and will be settled")
        }
        if result.isStopped {
            parts.append("it is stopped: `plumb start \(id) --reason …` lets it go on")
        }
        parts += result.skipped.map { "the finalizer of \($0) is skipped" }
        return .acknowledging(
            "unlock", [["rollout": id]],
            "rollout \(id) is unlocked: \(parts.joined(separator: "; "))")
    }

    package static let setAside = Parameter(
        "rollout", .text, in: .path, isRequired: true, word: "id",
        help: "the rollout that is set aside, instead of a shard")

    private static func shard(_ asked: Parameters) throws -> ShardID {
        let target = try ChangeTarget(asked.required(.target))
        guard let name = target.shard else {
            throw UsageError(
                message: "`\(target.subject)` names no shard", remedy: "write `namespace/shard`")
        }
        return ShardID(namespace: target.namespace, shard: name)
    }
}
