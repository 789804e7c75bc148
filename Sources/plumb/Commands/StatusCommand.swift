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
        options: Option.fleet + [.output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let session = try LedgerSession.open(try invocation.request(.baseOnly), PassHooks())
        let queries = LedgerQueries(store: session.store)
        let latest = try queries.environment()
        guard let id = invocation.arguments.first ?? latest?.latestRollout else {
            let text = "\(session.environment.name): \(try nothing(session.store, latest))"
            invocation.terminal.answer(
                format == .json
                    ? JSONView.table(kind: "status", rows: [], summary: text, exit: .done)
                    : format == .markdown ? MarkdownView.plain(text) : Visible.line(text) + "\n")
            return .done
        }
        try session.store.ledger.requireMade()
        guard let report = try queries.rollout(id) else {
            throw ConfigurationError("the ledger has no rollout `\(id)`", remedy: "see `plumb log`")
        }
        let others = invocation.arguments.isEmpty ? try queries.openRollouts(but: id) : []
        let status = ExitStatus((others + [report]).map { .rollout($0.state) })
        switch format {
        case .json:
            invocation.terminal.answer(
                JSONView.status(report, others: others, exit: status) + "\n")
        case .text, .markdown, .sarif, .junit, .html:
            invocation.answer(
                StatusText.text(
                    report, others: others, exit: status, width: invocation.terminal.width,
                    style: format == .text ? invocation.style : .plain), as: format)
        }
        return status
    }

    /// The answer where there is no rollout.
    private static func nothing(
        _ store: LedgerStore, _ latest: EnvironmentRecord?
    ) throws -> String {
        guard try store.ledger.isThere else { return store.ledger.missing.message }
        let converged = latest?.convergedRevision.map { "; converged at \($0.prefix(7))" }
        return "no rollout yet" + (converged ?? "")
    }
}
