import Basics
import Ledger
import Reconciler
import Schema
import Views

/// The audit trail.
package enum LogEndpoint {
    package static let list = Endpoint(
        "log.list", .get, "/log", .read, summary: "the audit trail, newest first",
        parameters: [.limit, before, since, search]
    ) { asked, session in
        let ledger = session.ledger.store.ledger
        guard try ledger.isThere else {
            let missing = ledger.missing.message
            return nothing(missing, in: session.ledger.environment.name)
        }
        var question = HistoryQuestion(limit: asked.number(.limit) ?? 50)
        question.before = asked.text(before)
        question.after = asked.text(since)
        question.search = asked.text(search)
        let page = try session.ledger.store.snapshot()?.history(question)
        let rows = (page?.records ?? []).map(row)
        var listing = Listing(
            "log", columns: ["time", "commit", "event", "by", "what"], rows: rows,
            summary: Count.of(rows.count, "event"), next: page?.next, saysSummary: false)
        listing.cells = { row in
            let reason = row["reason"] ?? ""
            return [
                row["time"] ?? "", row["commit"] ?? "", row["event"] ?? "", row["actor"] ?? "",
                (row["subject"] ?? "") + (reason.isEmpty ? "" : ": \(reason)"),
            ]
        }
        return listing.answer
    }

    static let before = Parameter(
        "before", .text, in: .query, word: "commit",
        help: "only what happened before this transition")
    static let since = Parameter(
        "after", .text, in: .query, word: "commit",
        help: "only what happened after this transition")
    static let search = Parameter(
        "search", .text, in: .query, help: "only events in which this text occurs")

    private static func row(_ record: LedgerRecord) -> [String: String] {
        [
            "time": Timestamp(record.time).iso, "event": record.event.kind,
            "actor": record.actor.email, "subject": record.event.subject,
            "reason": record.event.reason ?? "", "key": record.event.key ?? "",
            "commit": record.commit.short,
        ]
    }

    private static func nothing(_ missing: String, in environment: String) -> Answer {
        Answer { format, _ in
            let text = "\(environment): \(missing)"
            return switch format {
            case .json: JSONView.table(kind: "log", rows: [], summary: missing, exit: .done) + "\n"
            case .markdown: MarkdownView.plain(text)
            default: Visible.line(text) + "\n"
            }
        }
    }
}
