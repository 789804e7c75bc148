import Basics
import Execution
import Ledger
import Model
import Reconciler
import Reports
import Service
import Views

/// `plumb status`.
enum StatusCommand {
    static let command = Command(
        name: "status", summary: "where the latest rollout stands, from the ledger alone",
        arguments: "[rollout]",
        details: """
            With --watch it is shown again whenever the ledger changes, until no rollout of those
            shown is open; SIGINT ends it before.
            """,
        options: Option.fleet + [.allShards, .watch, .output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let wanted = try invocation.onlyArgument("a rollout")
        let session = try LedgerSession.open(try invocation.request(.baseOnly), PassHooks())
        var memory = FleetMemory()
        var failures = FailureMemory()
        let ask = {
            try report(
                of: wanted, session, shards: invocation.has(.allShards), memory: &memory,
                failures: &failures)
        }
        guard invocation.has(.watch) else { return answer(try ask(), format, invocation) }
        let interrupt = Interrupt()
        Signals.deliver(to: interrupt) { _ in }
        var shown: StatusReport?
        while true {
            let report = try ask()
            if report != shown {
                if shown != nil { invocation.terminal.separate() }
                _ = answer(report, format, invocation)
            }
            shown = report
            guard report.isOpen, interrupt.wait(seconds: 1) else { return report.exitStatus }
        }
    }

    private static func answer(
        _ report: StatusReport, _ format: Format, _ invocation: Invocation
    ) -> ExitStatus {
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
        of wanted: String?, _ session: LedgerSession, shards: Bool, memory: inout FleetMemory,
        failures: inout FailureMemory
    ) throws -> StatusReport {
        let store = session.store
        let queries = LedgerQueries(store: store)
        if let wanted {
            try store.ledger.requireMade()
            var report = StatusReport(try rollout(wanted, queries))
            report.rollbacks = try queries.rollbacks().filter { $0.rollout == wanted }
            report.failures = try queries.failures(&failures).filter { $0.rollout == wanted }
            report.noteTurns(isServed: try WorkerList(of: store).hasDaemon)
            return report
        }
        var report = StatusReport(environment: store.environment)
        guard try store.ledger.isThere else {
            report.note = store.ledger.missing.message
            return report
        }
        report.suspensions = try queries.suspensions()
        report.rollbacks = try queries.rollbacks()
        report.failures = try queries.failures(&failures)
        report.unread = try queries.unread()
        report.readByWorkers = try FarShards.words(of: store)
        (report.setAside, report.shards) = try queries.shardLines(all: shards, &memory) {
            session.whereabouts
        }
        let environment = try queries.environment()
        if let latest = environment?.latestRollout {
            if try queries.isReadable(latest) {
                report.rollout = try rollout(latest, queries)
            } else {
                report.note = "the record of rollout \(latest), the latest one, cannot be read"
            }
            report.others = try queries.openRollouts(but: latest)
            report.noteTurns(isServed: try WorkerList(of: store).hasDaemon)
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
