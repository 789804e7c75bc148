import Model
import Reconciler
import Service

/// `plumb rollback`.
enum RollbackCommand {
    static let command = Command(
        name: "rollback", summary: "take a rollout back: what was before it is wanted again",
        arguments: "[rollout]",
        details: """
            Without a name the latest rollout that changed something is meant, open or ended. Nothing
            of it begins any more. Its tables are wanted as they were before, on the shards that it
            was about, until a commit changes their definitions; the plan back is gated like any
            other. Definitions come back, and data that were dropped do not.

            With --end a rollback (its id, or the rollout's) is given up: git's state is wanted
            again.
            """,
        options: Option.environmentWide + [.server, .end]
            + Option.all(of: RollbackEndpoints.rollBack)
            + [.plainOutput, .noColor],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let isEnd = invocation.has(.end)
        let endpoint = isEnd ? RollbackEndpoints.end : RollbackEndpoints.rollBack
        if invocation.server != nil {
            let asking = try Asking(endpoint, invocation)
            return asking.show(try asking.answer())
        }
        let asked = try invocation.asked(endpoint)
        let format = try invocation.format(endpoint.formats)
        let progress = Progress(invocation.terminal)
        let session = try invocation.session(for: endpoint, progress.hooks)
        let recorded =
            isEnd
            ? try RollbackEndpoints.recordEnd(asked, session)
            : try RollbackEndpoints.record(asked, session)
        progress.finish()
        let presentation = try invocation.presentation()
        if format == .text { invocation.terminal.answer(recorded.text(presentation)) }
        // The request is recorded, so an error from here on is about the plan alone.
        let plan = try PlanPass(pass: try PassContext.open(session.ledger)).run()
        progress.finish()
        if format == .json {
            invocation.terminal.answer(recorded.json(plan))
        } else {
            invocation.terminal.write(Answer.plan(plan).text(.text, presentation))
        }
        return plan.exitStatus
    }
}
