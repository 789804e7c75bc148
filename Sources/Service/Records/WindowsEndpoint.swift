import Basics
import Desired
import Model

/// Whether changes may start.
package enum WindowsEndpoint {
    package static let list = Endpoint(
        "windows.list", .get, "/windows", .read,
        summary: "whether changes may start now, or at another time", parameters: [at]
    ) { asked, session in
        let time = asked.time(at) ?? session.ledger.store.now
        let windows = session.ledger.fleet.policy.changeWindows
        let isOpen = windows.closed(at: time.date) == nil
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
        return Listing(
            "windows", columns: ["window", "zone", "from", "state", "opens"], rows: rows,
            summary: summary(windows, isOpen, time),
            exit: ExitStatus(isOpen ? [] : [.outsideWindow])
        ).answer
    }

    static let at = Parameter(
        "at", .time, in: .query, help: "the time to ask about (default: now)")

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
