import Reconciler
import Views

/// `plumb plan`.
enum PlanCommand {
    static let command = Command(
        name: "plan", summary: "say what would change, and record the plan; change nothing",
        details: """
            Fetches the schema repository, observes the shards, compares, proves every distinct
            change in a workspace, and prints the plan. Exit 2 says that there is a difference.
            """,
        options: Option.fleet + [.heal, .maxBytes, .reportOutput, .noColor],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format([.text, .json, .markdown, .sarif, .junit, .html])
        let maxBytes = try invocation.number(.maxBytes, default: 60_000)
        let progress = Progress(invocation.terminal)
        let session = try Session.open(try invocation.request(), progress.surroundings)
        let report = try PlanPass(session: session).run()
        progress.finish()
        invocation.terminal.answer(
            render(report, format, maxBytes: maxBytes, invocation))
        return report.exitStatus
    }

    private static func render(
        _ report: PlanReport, _ format: Format, maxBytes: Int, _ invocation: Invocation
    ) -> String {
        switch format {
        case .text:
            PlanText.text(report, width: invocation.terminal.width, style: invocation.style)
        case .json: JSONView.plan(report) + "\n"
        case .markdown: MarkdownView.plan(report, maxBytes: maxBytes)
        case .sarif: SARIFView.plan(report) + "\n"
        case .junit: JUnitView.plan(report)
        case .html: HTMLView.plan(report)
        }
    }
}
