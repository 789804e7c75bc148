import Ledger
import Model
import Schema
import Views

/// `plumb store copy`.
enum StoreCopyCommand {
    static let command = Command(
        name: "store copy", summary: "copy a ledger with its whole history",
        arguments: "from to",
        details: """
            Both are places as in `ledger:` of plumb.yaml, such as file:path. What is there already
            is not copied again; both are compared at the end.
            """,
        options: [.output, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let format = try invocation.format()
        guard invocation.arguments.count == 2 else {
            throw UsageError(
                message: "`store copy` takes two places, and was given "
                    + Count.of(invocation.arguments.count, "argument"),
                remedy: "give the ledger to copy and the new place, as file:path")
        }
        let places = try invocation.arguments.map(StorePlace.path)
        let report = try Ledger.copy(from: places[0], to: places[1])
        let summary =
            "\(Count.of(report.objects, "object")) and "
            + "\(Count.of(report.references, "reference")) are the same in both; "
            + "\(report.copied) copied"
        guard format != .json else {
            let row = [
                "objects": "\(report.objects)", "copied": "\(report.copied)",
                "references": "\(report.references)",
            ]
            invocation.terminal.answer(
                JSONView.table(kind: "store-copy", rows: [row], summary: summary, exit: .done)
                    + "\n", as: .json)
            return .done
        }
        invocation.answer(summary + "\n", as: format)
        return .done
    }
}
