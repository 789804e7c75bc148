import Basics
import Ledger
import Model
import Reconciler
import Reports
import Views

/// `plumb status`.
enum StatusCommand {
    static let command = Command(
        name: "status", summary: "where the latest rollout stands, from the ledger alone",
        arguments: "[rollout]",
        options: Option.fleet + [.allShards, .output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let wanted = try invocation.onlyArgument("a rollout")
        let session = try LedgerSession.open(try invocation.request(.baseOnly), PassHooks())
        let report = try report(of: wanted, session.store, shards: invocation.has(.allShards))
        let status = report.exitStatus
        switch format {
        case .json: invocation.terminal.answer(JSONView.status(report, exit: status) + "\n")
        case .text, .markdown, .sarif, .junit, .html:
            invocation.answer(
                StatusText.text(
                    report, exit: status, width: invocation.terminal.width,
                    style: format == .text ? invocation.style : .plain), as: format)
        }
        return status
    }

    /// What there is to say of a rollout, or of the newest one and what else is going on.
    private static func report(
        of wanted: String?, _ store: LedgerStore, shards: Bool
    ) throws -> StatusReport {
        let queries = LedgerQueries(store: store)
        if let wanted {
            try store.ledger.requireMade()
            return StatusReport(try rollout(wanted, queries))
        }
        var report = StatusReport(environment: store.environment)
        guard try store.ledger.isThere else {
            report.note = store.ledger.missing.message
            return report
        }
        report.suspensions = try queries.suspensions()
        (report.setAside, report.shards) = try queries.shardLines(all: shards)
        let environment = try queries.environment()
        if let latest = environment?.latestRollout {
            report.rollout = try rollout(latest, queries)
            report.others = try queries.openRollouts(but: latest)
        } else {
            let converged = environment?.convergedRevision.map { "; converged at \($0.prefix(7))" }
            report.note = "no rollout yet" + (converged ?? "")
        }
        return report
    }

    private static func rollout(
        _ id: String, _ queries: LedgerQueries
    ) throws -> RolloutReport {
        if let report = try queries.rollout(id) { return report }
        throw ConfigurationError("the ledger has no rollout `\(id)`", remedy: "see `plumb log`")
    }
}
