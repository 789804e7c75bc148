import Model
import Service

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
        options: Option.environmentWide + [.server] + Option.all(of: UnlockEndpoints.rollout)
            + [.output, .noColor],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let isRollout = invocation.values[UnlockEndpoints.setAside.option] != nil
        guard !isRollout || invocation.arguments.isEmpty else {
            throw UsageError(
                message: "--rollout and a shard were given", remedy: "unlock one after the other")
        }
        let asking = try Asking(
            isRollout ? UnlockEndpoints.rollout : UnlockEndpoints.shard, invocation)
        return asking.show(try asking.answer())
    }
}
