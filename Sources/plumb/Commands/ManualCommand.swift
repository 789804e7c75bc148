import Service
import Foundation
import Model

/// `plumb manual`.
enum ManualCommand {
    static let command = Command(
        name: "manual", summary: "print or write the man pages",
        arguments: "[command]",
        details: """
            Prints the page of a command, or of plumb itself, as `plumb manual plan | man -l -`
            shows it. With --into it writes the pages of all commands into a folder.
            """,
        options: [.pages, .noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let pages = ManualPage.all(CommandTable.commands)
        if let folder = invocation.value(.pages) {
            try write(pages, into: folder)
            return .done
        }
        let name = (["plumb"] + invocation.arguments).joined(separator: "-")
        guard let page = pages.first(where: { $0.name == name }) else {
            throw UsageError(
                message: "there is no command `\(invocation.arguments.joined(separator: " "))`",
                remedy: "see `plumb --help`")
        }
        invocation.terminal.answer(page.text)
        return .done
    }

    private static func write(_ pages: [ManualPage], into folder: String) throws {
        for page in pages {
            let path = folder + "/" + page.fileName
            do {
                try Data(page.text.utf8).write(to: URL(fileURLWithPath: path))
            } catch {
                throw UsageError(
                    message: "\(path) cannot be written: \(error.localizedDescription)",
                    remedy: "name a folder that is there, and that you may write into")
            }
        }
    }
}
