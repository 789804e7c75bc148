import Reconciler
import Reports
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
        run: { try report.run($0) })

    private static var report: ReportCommand<DriftReport> {
        ReportCommand(
            proposals: .baseOnly,
            pass: { try DriftPass(pass: $0).run() }, exitStatus: \.exitStatus,
            text: { DriftText.text($0, width: $1, style: $2) },
            markdown: { MarkdownView.drift($0, maxBytes: $1) }, json: { JSONView.drift($0) },
            sarif: { SARIFView.drift($0) }, junit: { JUnitView.drift($0) },
            html: { HTMLView.drift($0) })
    }
}
