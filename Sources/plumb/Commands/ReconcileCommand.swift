import Model
import MySQLClient
import Reconciler
import Reports
import Service
import Views

/// `plumb reconcile`.
enum ReconcileCommand {
    static let command = Command(
        name: "reconcile", summary: "one pass: plan, then converge what policy and approvals allow",
        details: """
            Settles first what an interrupted run left. SIGTERM lets the running statements finish
            and starts no other; the next run goes on from there. Between the waves of a rollout it
            waits until each is baked; with --no-wait it ends there, and a later run goes on.
            """,
        options: Option.fleet + [
            .heal, .noWait, .requireAll, .maxBytes, .output, .write, .noColor,
        ],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let maxBytes = try invocation.number(.maxBytes, default: 60_000)
        let documents = try WrittenDocuments(invocation, formats: Answer.usual)
        let progress = Progress(invocation.terminal)
        Signals.deliver(to: progress.hooks.interrupt) { progress.say($0) }
        var request = try invocation.request()
        request.waitsForBakes = !invocation.has(.noWait)
        request.requiresAll = invocation.has(.requireAll)
        var hooks = progress.hooks
        hooks.shares = true
        let pass = try PassContext.open(
            request, hooks,
            purposes: Set(ConnectionPool.Purpose.allCases))
        let report = try ReconcilePass(pass: pass).run()
        progress.finish()
        let answer = answer(report)
        var presentation = Presentation(
            width: invocation.terminal.width, isColoured: invocation.terminal.usesColour,
            maxBytes: maxBytes)
        invocation.terminal.write(answer.text(format, presentation))
        presentation.isColoured = false
        try documents.write { answer.text($0, presentation) }
        return answer.exit
    }

    private static func answer(_ report: ReconcileReport) -> Answer {
        Answer(exit: report.exitStatus) { format, presentation in
            switch format {
            case .json: JSONView.reconcile(report) + "\n"
            case .markdown: MarkdownView.reconcile(report, maxBytes: presentation.maxBytes)
            case .text, .sarif, .junit, .html:
                ReconcileText.text(
                    report, width: presentation.width, style: presentation.style)
            }
        }
    }
}
