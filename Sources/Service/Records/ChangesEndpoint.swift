import Model
import Reconciler
import Schema

/// Who changed a table of a shard, as the ledger has it.
package enum ChangesEndpoint {
    package static let list = Endpoint(
        "changes.list", .get, "/changes", .read,
        summary: "what rollouts did to a table of a shard, the newest first",
        parameters: [shard, table, .limit], check: { _ = try key($0) }
    ) { asked, session in
        let key = try key(asked)
        let changes = try session.memory.use { kept in
            try session.ledger.store.snapshot().map { snapshot in
                try kept.rollouts.changes(of: key, in: snapshot, limit: asked.number(.limit) ?? 50)
            } ?? []
        }
        return Listing(
            "changes", columns: ["rollout", "state", "started", "ended", "by", "message"],
            rows: changes.map(row), summary: Count.of(changes.count, "change") + " of \(key)"
        ).answer
    }

    static let shard = Parameter(
        "shard", .shard, in: .query, isRequired: true, word: "namespace/name",
        help: "the shard, as `namespace/shard`")
    static let table = Parameter(
        "table", .text, in: .query, isRequired: true, word: "name",
        help: "the table, or another object with its kind before it: `view:names`")

    private static func key(_ asked: Parameters) throws -> OperationKey {
        let target = try ChangeTarget(asked.required(shard))
        guard let name = target.shard else {
            throw UsageError(
                message: "`\(target.subject)` names no shard", remedy: "write `namespace/shard`")
        }
        return OperationKey(
            shard: ShardID(namespace: target.namespace, shard: name),
            object: ObjectName(encoded: try asked.required(table)))
    }

    private static func row(_ change: RolloutMemory.Change) -> [String: String] {
        var row = [
            "rollout": change.rollout.id, "by": change.rollout.actor,
            "state": change.operation.state.rawValue,
        ]
        row["revision"] = change.rollout.revision
        row["started"] = change.operation.startedAt
        row["ended"] = change.operation.endedAt
        row["message"] = change.operation.message
        row["approval"] = change.operation.approval?.hex
        row["from"] = change.operation.from?.hex
        row["to"] = change.operation.to?.hex
        return row
    }
}
