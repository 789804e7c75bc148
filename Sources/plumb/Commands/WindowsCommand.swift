import Basics
import Desired
import Foundation
import Model
import Reconciler
import Schema
import Service
import Views

/// `plumb windows`.
enum WindowsCommand {
    static let command = Command(
        name: "windows", summary: "whether changes may start now, or at another time",
        details: """
            Reads the schema repository alone. Says of every window whether it is open at the time,
            and when changes may start next. Exit status 0 where they may at the time, 3 where not.
            """,
        options: Option.environmentWide + [.at, .output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let time = try invocation.time(.at) ?? Timestamp(Date())
        let session = try LedgerSession.open(try invocation.request(.baseOnly), PassHooks())
        let windows = session.fleet.policy.changeWindows
        let isOpen = windows.closed(at: time.date) == nil
        let status = ExitStatus(isOpen ? [] : [.outsideWindow])
        let rows = windows.sets.flatMap { set in
            set.windows.map { window in
                [
                    "window": window.text, "zone": window.zone.identifier, "from": set.name,
                    "state": window.isOpen(at: time.date) ? "open" : "closed",
                    "opens": window.nextOpening(after: time.date).map { Timestamp($0).iso }
                        ?? "never",
                ]
            }
        }
        let summary = summary(windows, isOpen, time)
        guard format != .json else {
            invocation.terminal.answer(
                JSONView.table(kind: "windows", rows: rows, summary: summary, exit: status) + "\n")
            return status
        }
        var table = TextTable(["window", "zone", "from", "state", "opens"])
        for row in rows {
            table.add(
                row["window"] ?? "", row["zone"] ?? "", row["from"] ?? "", row["state"] ?? "",
                row["opens"] ?? "")
        }
        let style = format == .markdown ? Style.plain : invocation.style
        let text = rows.isEmpty ? "" : table.text(style: style)
        invocation.answer(text + "\(summary)  exit \(status.rawValue)\n", as: format)
        return status
    }

    private static func summary(
        _ windows: ChangeWindows, _ isOpen: Bool, _ time: Timestamp
    ) -> String {
        if windows.sets.allSatisfy(\.windows.isEmpty) {
            return "no windows: changes may start at any time"
        }
        if isOpen { return "at \(time) changes may start" }
        let next = windows.nextOpening(after: time.date).map { Timestamp($0).iso }
        return "at \(time) no change starts; the next may at \(next ?? "no time that is known")"
    }
}
