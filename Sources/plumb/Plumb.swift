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
            case .run(let command, let invocation):
                return run(command, invocation, terminal)
            }
            return .done
        } catch {
            terminal.note("plumb: \(error.message)")
            return .usage
        }
    }

    private static func run(
        _ command: Command, _ invocation: Invocation, _ terminal: Terminal
    ) -> ExitStatus {
        do {
            return try command.run(invocation)
        } catch {
            let failure = Failure(error)
            let style = Style(isColoured: terminal.usesColour)
            if invocation.value(.output) == "json" {
                terminal.answer(
                    JSONView.error(failure.message, failure.problems, exit: failure.status) + "\n")
            }
            terminal.note(failure.text(style))
            terminal.note("exit \(failure.status.rawValue)")
            return failure.status
        }
    }
}

/// The release.
enum Version {
    static let current = "0.1.0"
}
