import Ledger
import Model
import Reconciler
import Schema
import Service
import Store
import Views

/// `plumb store gc`.
enum StoreGCCommand {
    static let command = Command(
        name: "store gc", summary: "make the ledger smaller; nothing is lost",
        details: """
            Writes all objects as one pack with differences between similar ones. Others may read
            and write meanwhile. The daemon does the same by itself when it is worth it. With
            --keep, or `retention` of the ledger in plumb.yaml, plans, rollouts and approvals that
            are over for longer leave the tree first; the history keeps them.
            """,
        options: Option.fleet + [.keep, .output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        let session = try LedgerSession.open(try invocation.request(.baseOnly), PassHooks())
        let keep = session.fleet.retentionSeconds.map(Int64.init)
        let report = try Housekeeping(
            store: session.store,
            keepSeconds: invocation.value(.keep) == nil
                ? keep : try invocation.seconds(.keep, default: 0),
            lifetimeSeconds: session.request.approvals.lifetimeSeconds,
            holder: "store gc by \(session.request.actor.name)"
        ).run()
        let retired = report.retired.map { "\($0.text) left the tree; " } ?? ""
        let unread = report.retired?.unread ?? []
        if !unread.isEmpty {
            invocation.terminal.log(
                "\(Count.of(unread.count, "rollout")) cannot be read and stays, with all plans and "
                    + "approvals, as it may name them: \(unread.joined(separator: ", ")); `plumb store "
                    + "verify` says why")
        }
        let sizes = report.compaction
        let summary = retired + "\(line(sizes.before)) before, \(line(sizes.after)) after"
        guard format != .json else {
            let rows = [("before", sizes.before), ("after", sizes.after)].map { name, size in
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
        // A database has no packs.
        let singles = size.singles == 0 ? [] : [Count.of(size.singles, "single object")]
        let packs = size.packs == 0 && size.singles > 0 ? [] : [Count.of(size.packs, "pack")]
        return ([Quantity.bytes(UInt64(size.bytes))] + singles + packs).joined(separator: ", ")
    }
}
