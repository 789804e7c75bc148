import Basics
import Foundation
import Model
import Reconciler
import Schema
import Service
import Views

/// `plumb workers`.
enum WorkersCommand {
    static let command = Command(
        name: "workers", summary: "who works on the environment, on which servers, since when",
        details: """
            From the ledger alone: the process that reconciles the environment, the daemons and
            workers that are there, and the servers that each has taken.
            """,
        options: Option.environmentWide + [.output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let session = try LedgerSession.open(try invocation.request(.baseOnly), PassHooks())
        let rows = try WorkerList(of: session.store).workers.flatMap(rows)
        let count = Set(rows.compactMap { $0["worker"] }).count
        let summary =
            rows.isEmpty
            ? "nobody works on \(session.store.environment)"
            : Count.of(count, "worker")
        guard format != .json else {
            invocation.terminal.answer(
                JSONView.table(kind: "workers", rows: rows, summary: summary, exit: .done) + "\n")
            return .done
        }
        let columns = ["worker", "what", "holds", "since", "heard"]
        var table = TextTable(columns)
        for row in rows { table.add(columns.map { row[$0] ?? "" }) }
        let style = format == .markdown ? Style.plain : invocation.style
        let text = rows.isEmpty ? "" : table.text(style: style)
        invocation.answer(text + "\(summary)  exit 0\n", as: format)
        return .done
    }

    private static func rows(of worker: WorkerList.Worker) -> [[String: String]] {
        worker.holds.map { hold in
            var row = [
                "worker": worker.name, "what": worker.words, "holds": hold.what,
                "since": Timestamp(hold.since).iso,
            ]
            row["heard"] = hold.renewed.map { Timestamp($0).iso }
            return row
        }
    }
}
