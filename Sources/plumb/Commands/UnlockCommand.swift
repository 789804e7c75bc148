import Basics
import Model
import Reconciler
import Schema
import Views

/// `plumb unlock`.
enum UnlockCommand {
    static let command = Command(
        name: "unlock", summary: "end that a shard is set aside, after a look at it",
        arguments: "<namespace>/<shard>",
        details: """
            A shard is set aside where the ledger has something of it that cannot be read; nothing
            is changed there. This removes what cannot be read, in the audit trail's sight; the next
            pass reads the shard and plans anew. An approval that may have been used is used up.
            """,
        options: Option.environmentWide + [.reason, .output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let target = try ChangeTarget(invocation)
        guard let name = target.shard else {
            throw UsageError(
                message: "`\(target.subject)` names no shard", remedy: "write `namespace/shard`")
        }
        let reason = try invocation.reason()
        let format = try invocation.format()
        let session = try LedgerSession.open(try invocation.request(), PassHooks())
        let shard = ShardID(namespace: target.namespace, shard: name)
        let result = try Unlock(store: session.store).unlock(shard, reason: reason)
        var parts = result.operations.map { "what became of \($0.encoded) is left open" }
        if result.forgotRecord { parts.append("its record was removed") }
        let text =
            "\(shard) is unlocked: \(parts.joined(separator: ", ")); the next `plumb reconcile` "
            + "reads it and plans anew"
        return invocation.acknowledge("unlock", [["shard": "\(shard)"]], text, as: format)
    }
}
