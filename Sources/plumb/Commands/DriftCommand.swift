import Reconciler
import Service

/// `plumb drift`.
enum DriftCommand {
    static let command = Command(
        name: "drift", summary: "compare git, the record and the live shards; write nothing",
        details: """
            Every table is compared three ways: what git says, what plumb last converged, and what
            is live. Exit 2 says that something differs, exit 6 that a shard could not be read.
            """,
        options: Option.fleet + [.server, .maxBytes, .reportOutput, .write, .noColor],
        run: { try report.run($0) })

    private static var report: ReportCommand {
        ReportCommand(
            endpoint: PassEndpoints.drift, proposals: .baseOnly,
            pass: { .drift(try DriftPass(pass: $0).run()) })
    }
}
