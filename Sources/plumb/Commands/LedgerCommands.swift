import Basics
import Diff
import Ledger
import Model
import Reconciler
import Reports
import Schema
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
        let status = ExitStatus([.rollout(report.state)])
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

    /// The answer where there is no rollout.
    private static func nothing(
        _ store: LedgerStore, _ latest: EnvironmentRecord?
    ) throws -> String {
        guard try store.ledger.isThere else { return store.ledger.missing.message }
        let converged = latest?.convergedRevision.map { "; converged at \($0.prefix(7))" }
        return "no rollout yet" + (converged ?? "")
    }
}

/// `plumb show`.
enum ShowCommand {
    static let command = Command(
        name: "show", summary: "one object of the ledger, whole", arguments: "digest",
        details: "Looks among plans, approvals, rollouts and the catalog of tables.",
        options: Option.fleet + [.output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        guard let prefix = invocation.arguments.first, invocation.arguments.count == 1,
            prefix.count >= 4
        else {
            throw UsageError(
                message: "no digest, or one that is too short",
                remedy: "give one digest or its beginning, four digits at least")
        }
        let session = try LedgerSession.open(try invocation.request(.baseOnly), PassHooks())
        try session.store.ledger.requireMade()
        let found = try LedgerQueries(store: session.store).object(prefix.lowercased())
        guard let object = found.first else {
            throw ConfigurationError("the ledger holds nothing that begins with `\(prefix)`")
        }
        guard found.count == 1 else {
            let paths = found.map(\.path).joined(separator: ", ")
            throw UsageError(
                message: "`\(prefix)` is ambiguous: \(paths)", remedy: "give more digits")
        }
        let text = object.text.hasSuffix("\n") ? object.text : object.text + "\n"
        invocation.terminal.answer(text, as: object.text.hasPrefix("{") ? .json : nil)
        return .done
    }
}

/// `plumb log`.
enum LogCommand {
    static let command = Command(
        name: "log", summary: "the audit trail, newest first",
        options: Option.fleet + [.limit, .output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let limit = try invocation.number(.limit, default: 50)
        let session = try LedgerSession.open(try invocation.request(.baseOnly), PassHooks())
        let records = try session.store.snapshot()?.history(limit: limit) ?? []
        let rows = records.map { record in
            [
                "time": Timestamp(record.time).iso, "event": record.event.kind,
                "actor": record.actor.email, "subject": record.event.subject,
                "reason": record.event.reason ?? "", "commit": record.commit.short,
            ]
        }
        let ledger = session.store.ledger
        let missing = try ledger.isThere ? nil : ledger.missing.message
        guard format != .json else {
            let summary = missing ?? Count.of(rows.count, "event")
            invocation.terminal.answer(
                JSONView.table(kind: "log", rows: rows, summary: summary, exit: .done) + "\n")
            return .done
        }
        if let missing {
            let text = "\(session.environment.name): \(missing)"
            invocation.answer(format == .markdown ? text : Visible.line(text) + "\n", as: format)
            return .done
        }
        var table = TextTable(["time", "event", "by", "what"])
        for row in rows {
            let reason = row["reason"] ?? ""
            table.add(
                row["time"] ?? "", row["event"] ?? "", row["actor"] ?? "",
                (row["subject"] ?? "") + (reason.isEmpty ? "" : ": \(reason)"))
        }
        let style = format == .markdown ? Style.plain : invocation.style
        invocation.answer(table.text(style: style), as: format)
        return .done
    }
}
