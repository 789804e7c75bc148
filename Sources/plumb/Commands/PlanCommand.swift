import Reconciler
import Reports
import Views

/// `plumb plan`.
enum PlanCommand {
    static let command = Command(
        name: "plan", summary: "say what would change, and record the plan; change nothing",
        details: """
            Fetches the schema repository, observes the shards, compares, proves every distinct
            change in a workspace, and prints the plan. Exit 2 says that there is a difference.

            A working tree, a revision beside its --base and what a pull request's pipeline checks
            out are proposals: servers, accounts and policy are those of the base, and nothing is
            recorded.
            """,
        options: Option.fleet + [.heal, .maxBytes, .reportOutput, .noColor],
        run: { try report.run($0) })

    private static var report: ReportCommand<PlanReport> {
        ReportCommand(
            proposals: .schemas,
            pass: { try PlanPass(pass: $0).run() }, exitStatus: \.exitStatus,
            text: { PlanText.text($0, width: $1, style: $2) },
            markdown: { MarkdownView.plan($0, maxBytes: $1) }, json: { JSONView.plan($0) },
            sarif: { SARIFView.plan($0) }, junit: { JUnitView.plan($0) },
            html: { HTMLView.plan($0) })
    }
}
