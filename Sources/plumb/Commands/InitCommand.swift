import Foundation
import Import
import Model
import Service
import Views

/// `plumb init`.
enum InitCommand {
    static let command = Command(
        name: "init", summary: "write a first plumb.yaml, an example of a table and a .gitignore",
        details: """
            Begins a schema repository in the current folder, or in that of --into. What is there
            already is left as it is. Where the tables exist in a database, `plumb import` writes
            their files instead.
            """,
        options: [
            .into, .firstHost, .firstDatabase, .user, .passwordEnvironment, .firstNamespace,
            .firstEnvironment, .noColor,
        ], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let folder = invocation.value(.into) ?? "."
        let host = invocation.value(.firstHost)
        let database = invocation.value(.firstDatabase)
        let files = FirstFiles(
            namespace: try name(invocation.value(.firstNamespace) ?? "app"),
            environment: invocation.value(.firstEnvironment) ?? "production",
            host: host ?? "127.0.0.1:3306", database: database ?? "app",
            user: invocation.value(.user) ?? "root",
            passwordVariable: invocation.value(.passwordEnvironment))
        let outcomes = try files.write(into: folder)
        let width = (outcomes.map(\.file.count).max() ?? 0) + 2
        var text = outcomes.map { outcome in
            outcome.file.padding(toLength: width, withPad: " ", startingAt: 0) + outcome.says
        }
        text += ["", "next:"]
        if folder != "." { text.append("  cd \(folder)") }
        if host == nil || database == nil {
            text.append("  edit plumb.yaml   the server, the database and the account")
        }
        text += [
            "  git init && git add -A && git commit -m \"The first schema\"",
            "  plumb doctor      what the account or the server lacks",
            "  plumb plan        what would change; changes nothing",
            "  plumb reconcile   changes it",
        ]
        invocation.terminal.answer(text.map(Visible.line).joined(separator: "\n") + "\n")
        return .done
    }

    /// A namespace's name, which is a folder's, too.
    private static func name(_ text: String) throws -> String {
        guard ImportNames.isNamespace(text) else {
            throw UsageError(
                message: "--namespace \(text): no such name",
                remedy: "use letters, digits, - and _, a letter first")
        }
        return text
    }
}
