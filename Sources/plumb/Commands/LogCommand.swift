import Basics
import Ledger
import Model
import Reconciler
import Schema
import Service
import Views

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
                "reason": record.event.reason ?? "", "key": record.event.key ?? "",
                "commit": record.commit.short,
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
        var table = TextTable(["time", "commit", "event", "by", "what"])
        for row in rows {
            let reason = row["reason"] ?? ""
            table.add(
                row["time"] ?? "", row["commit"] ?? "", row["event"] ?? "", row["actor"] ?? "",
                (row["subject"] ?? "") + (reason.isEmpty ? "" : ": \(reason)"))
        }
        let style = format == .markdown ? Style.plain : invocation.style
        invocation.answer(table.text(style: style), as: format)
        return .done
    }
}
