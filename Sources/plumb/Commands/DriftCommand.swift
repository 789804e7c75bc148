import Reconciler
import Views

/// `plumb drift`.
enum DriftCommand {
    static let command = Command(
        name: "drift", summary: "compare git, the record and the live shards; write nothing",
        details: """
            Every table is compared three ways: what git says, what plumb last converged, and what
            is live. Exit 2 says that something differs, exit 6 that a shard could not be read.
            """,
        options: Option.fleet + [.maxBytes, .reportOutput, .noColor],
        run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format([.text, .json, .markdown, .sarif, .junit, .html])
        let maxBytes = try invocation.number(.maxBytes, default: 60_000)
        let progress = Progress(invocation.terminal)
        let session = try Session.open(try invocation.request(), progress.surroundings)
        let report = try DriftPass(session: session).run()
        progress.finish()
        invocation.terminal.answer(
            render(report, format, maxBytes: maxBytes, invocation))
        return report.exitStatus
    }

    private static func render(
        _ report: DriftReport, _ format: Format, maxBytes: Int, _ invocation: Invocation
    ) -> String {
        switch format {
        case .text:
            DriftText.text(report, width: invocation.terminal.width, style: invocation.style)
        case .json: JSONView.drift(report) + "\n"
        case .markdown: MarkdownView.drift(report, maxBytes: maxBytes)
        case .sarif: SARIFView.drift(report) + "\n"
        case .junit: JUnitView.drift(report)
        case .html: HTMLView.drift(report)
        }
    }
}
