import Basics
import Model
import Reconciler
import Schema
import Service
import Views

/// `plumb unlock`.
enum UnlockCommand {
    static let command = Command(
        name: "unlock", summary: "end that a shard or a rollout is set aside, after a look at it",
        arguments: "[namespace/shard]",
        details: """
            A shard is set aside where the ledger has something of it that cannot be read, or where
            it left the fleet or its place while a statement ran; nothing is changed there. This
            removes what cannot be settled, in the audit trail's sight; the next pass reads the shard
            and plans anew. An approval that may have been used is used up.

            With --rollout that is about a rollout of which the record cannot be read: it ends, and
            what may have begun of it is settled by the next pass. Where only what was asked of it
            cannot be read, it is stopped, until `plumb start` lets it go on.
            """,
        options: Option.environmentWide + [.rollout, .reason, .output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        if let id = invocation.value(.rollout) { return try unlock(rollout: id, invocation) }
        let target = try ChangeTarget(invocation)
        guard let name = target.shard else {
            throw UsageError(
                message: "`\(target.subject)` names no shard", remedy: "write `namespace/shard`")
        }
        let reason = try invocation.reason()
        let format = try invocation.format()
        let session = try LedgerSession.open(try invocation.request(), PassHooks())
        let shard = ShardID(namespace: target.namespace, shard: name)
        let result = try Unlock(
            store: session.store, whereabouts: { session.whereabouts }
        ).unlock(shard, reason: reason)
        var parts = result.operations.map { "what became of \($0.encoded) is left open" }
        if result.forgotRecord { parts.append("its record was removed") }
        let text =
            "\(shard) is unlocked: \(parts.joined(separator: ", ")); the next `plumb reconcile` "
            + "reads it and plans anew"
        return invocation.acknowledge("unlock", [["shard": "\(shard)"]], text, as: format)
    }

    private static func unlock(
        rollout id: String, _ invocation: Invocation
    ) throws -> ExitStatus {
        guard invocation.arguments.isEmpty else {
            throw UsageError(
                message: "--rollout and a shard were given", remedy: "unlock one after the other")
        }
        let reason = try invocation.reason()
        let format = try invocation.format()
        let session = try LedgerSession.open(try invocation.request(), PassHooks())
        let result = try Unlock(store: session.store).unlock(rollout: id, reason: reason)
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
        let text = "rollout \(id) is unlocked: \(parts.joined(separator: "; "))"
        return invocation.acknowledge("unlock", [["rollout": id]], text, as: format)
    }
}
