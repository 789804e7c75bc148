import Ledger
import Model
import Reconciler
import Service
import Views

/// `plumb show`.
enum ShowCommand {
    static let command = Command(
        name: "show", summary: "one object of the ledger, whole", arguments: "digest",
        details: """
            Looks among plans, approvals, rollouts and the catalog of tables; a shard is named
            like commerce/0. Says on standard error where in the ledger it is kept.
            """,
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
        let found =
            try session.store.snapshot().map { try NamedRecords(snapshot: $0).all(prefix) } ?? []
        guard let object = found.first else {
            throw ConfigurationError("the ledger holds nothing that begins with `\(prefix)`")
        }
        guard found.count == 1 else {
            let paths = found.map(\.path).joined(separator: ", ")
            throw UsageError(
                message: "`\(prefix)` is ambiguous: \(paths)", remedy: "give more digits")
        }
        invocation.terminal.log("at \(object.path)")
        let text = object.text.hasSuffix("\n") ? object.text : object.text + "\n"
        invocation.terminal.answer(text, as: object.text.hasPrefix("{") ? .json : nil)
        return .done
    }
}
