import Desired
import Model
import Reconciler
import Reports
import Schema
import Service
import Views

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
        options: Option.environmentWide + [.end, .reason, .plainOutput, .noColor],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let reason = try invocation.reason()
        let wanted = try invocation.onlyArgument("a rollout")
        let format = try invocation.format([.text, .json])
        let progress = Progress(invocation.terminal)
        let session = try LedgerSession.open(try invocation.request(), progress.hooks)
        let fleet = session.fleet
        let listed = Set(fleet.listedShards(of: session.environment).map(\.id))
        let requests = RollbackRequests(store: session.store) { shard in
            // Shards that are discovered on their servers are not known here.
            fleet.listsAllShards(of: shard.namespace) && !listed.contains(shard)
        }
        let isEnd = invocation.has(.end)
        let answer =
            isEnd
            ? try requests.end(wanted, reason: reason)
            : try requests.rollBack(wanted, reason: reason)
        progress.finish()
        let shown = view(of: answer, in: session.environment.name)
        if format == .text {
            let text =
                isEnd
                ? RollbackText.endText(
                    shown, width: invocation.terminal.width, style: invocation.style)
                : RollbackText.text(
                    shown, width: invocation.terminal.width, style: invocation.style)
            invocation.terminal.answer(text + "\n")
        }
        // The request is recorded, so an error from here on is about the plan alone.
        let context = try PassContext.open(session)
        let plan = try PlanPass(pass: context).run()
        progress.finish()
        invocation.terminal.answer(
            format == .json
                ? JSONView.rollback(shown, isEnd: isEnd, plan: plan) + "\n"
                : PlanText.text(plan, width: invocation.terminal.width, style: invocation.style))
        return plan.exitStatus
    }

    private static func view(
        of answer: RollbackRequests.Answer, in environment: String
    ) -> RollbackText.Answer {
        let left = Dictionary(grouping: answer.left, by: \.value)
        var shown = RollbackText.Answer(
            rollout: answer.rollout,
            report: answer.record.map { RollbackReport($0, environment: environment) },
            ended: answer.ended.map(\.id),
            left: left.map { reason, shards in
                (ShardNames.compact(shards.map { "\($0.key)" }), reason)
            }.sorted { $0.shards < $1.shards },
            superseded: answer.superseded, running: answer.running,
            withdrawn: answer.withdrawn.map(\.short))
        shown.unread = answer.unread
        return shown
    }
}
