import Ledger
import Model
import Reconciler
import Schema
import Store
import Views

/// `plumb store gc`.
enum StoreGCCommand {
    static let command = Command(
        name: "store gc", summary: "make the ledger smaller; nothing is lost",
        details: """
            Writes all objects as one pack with differences between similar ones. Others may read
            and write meanwhile. The daemon does the same by itself when it is worth it.
            """,
        options: Option.fleet + [.output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let session = try LedgerSession.open(try invocation.request(.baseOnly), PassHooks())
        let report = try session.store.ledger.compact()
        let summary = "\(line(report.before)) before, \(line(report.after)) after"
        guard format != .json else {
            let rows = [("before", report.before), ("after", report.after)].map { name, size in
                [
                    "when": name, "singles": "\(size.singles)", "packs": "\(size.packs)",
                    "bytes": "\(size.bytes)",
                ]
            }
            invocation.terminal.answer(
                JSONView.table(kind: "store-gc", rows: rows, summary: summary, exit: .done) + "\n",
                as: .json)
            return .done
        }
        invocation.answer(summary + "\n", as: format)
        return .done
    }

    private static func line(_ size: StoreSize) -> String {
        let singles = size.singles == 0 ? [] : [Count.of(size.singles, "single object")]
        let parts = [kilobytes(size.bytes)] + singles + [Count.of(size.packs, "pack")]
        return parts.joined(separator: ", ")
    }

    private static func kilobytes(_ bytes: Int) -> String {
        bytes < 10 << 20 ? "\((bytes + 1023) / 1024) kB" : "\(bytes / (1 << 20)) MB"
    }
}
