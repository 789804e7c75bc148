import Reconciler
import Service

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
        options: Option.fleet + [.server, .heal, .maxBytes, .reportOutput, .write, .noColor],
        run: { try report.run($0) })

    private static var report: ReportCommand {
        ReportCommand(
            endpoint: PassEndpoints.plan, proposals: .schemas,
            pass: { .plan(try PlanPass(pass: $0).run()) })
    }
}
