import Execution
import Foundation
import Reconciler
import Views

/// The `plumb` program.
@main
struct Plumb {
    static func main() {
        Signals.prepare()
        let status = run(Array(CommandLine.arguments.dropFirst()))
        exit(status.rawValue)
    }

    /// Understands a command line, runs it, and gives its exit status.
    static func run(_ words: [String]) -> ExitStatus {
        let terminal = Terminal(noColour: words.contains("--no-color"))
        do {
            switch try CommandLineParser(table: CommandTable.commands).parse(words) {
            case .help(nil): terminal.answer(Help.overview(CommandTable.commands))
            case .help(let command?): terminal.answer(Help.page(command))
            case .version: terminal.answer("plumb \(Version.current)\n")
            case .run(let command, let invocation): return try command.run(invocation)
            }
            return .done
        } catch {
            return report(Failure(error), asDocument: wantsJSON(words), terminal)
        }
    }

    private static func report(
        _ failure: Failure, asDocument: Bool, _ terminal: Terminal
    ) -> ExitStatus {
        if asDocument {
            terminal.answer(
                JSONView.error(failure.message, failure.problems, exit: failure.status) + "\n")
        }
        terminal.note(failure.text(Style(isColoured: terminal.usesColour)))
        terminal.note("exit \(failure.status.rawValue)")
        return failure.status
    }

    /// Also of a line that was not understood.
    private static func wantsJSON(_ words: [String]) -> Bool {
        let option = "--" + Option.output.name
        return words.contains("\(option)=json")
            || zip(words, words.dropFirst()).contains { $0 == option && $1 == "json" }
    }
}

/// The release.
enum Version {
    static let current = "0.1.0"
}
