import Execution
import Foundation
import Model
import Service
import Views

/// The `plumb` program.
@main
struct Plumb {
    static func main() {
        Signals.prepare()
        let status = run(Array(CommandLine.arguments.dropFirst()))
        exit(status.rawValue)
    }

    /// Parses a command line, runs the command and returns its exit status.
    static func run(_ words: [String]) -> ExitStatus {
        let terminal = Terminal(noColour: words.contains("--no-color"))
        do {
            if let problem = FaultSwitch.problem {
                throw ConfigurationError(problem, remedy: nil)
            }
            switch try CommandLineParser(table: CommandTable.commands).parse(words) {
            case .help(nil): terminal.answer(Help.overview(CommandTable.commands))
            case .help(let command?): terminal.answer(Help.page(command))
            case .version: terminal.answer("plumb \(Version.current)\n")
            case .run(let command, let invocation): return try run(command, invocation)
            }
            return .done
        } catch {
            return report(Failure(error), as: format(words), terminal)
        }
    }

    private static func run(_ command: Command, _ invocation: Invocation) throws -> ExitStatus {
        do {
            return try command.run(invocation)
        } catch let error as UnwrittenDocument {
            // What was done is in the report, and the other files have it.
            throw error
        } catch {
            WrittenDocuments.report(Failure(error), for: invocation)
            throw error
        }
    }

    private static func report(
        _ failure: Failure, as format: ErrorDocument.Format?, _ terminal: Terminal
    ) -> ExitStatus {
        if let format {
            terminal.answer(
                ErrorDocument.text(failure.problems, exit: failure.status, format: format),
                as: format.output)
        }
        terminal.log(failure.text(Style(isColoured: terminal.usesColour)))
        terminal.log("exit \(failure.status.rawValue)")
        return failure.status
    }

    /// The requested format, even of a command line that cannot be parsed; nil for text.
    private static func format(_ words: [String]) -> ErrorDocument.Format? {
        let option = "--" + Option.output.name
        let pairs = zip(words, words.dropFirst()).filter { $0.0 == option }.map(\.1)
        let inline = words.filter { $0.hasPrefix(option + "=") }.map {
            String($0.dropFirst(option.count + 1))
        }
        return (pairs + inline).compactMap(ErrorDocument.Format.init).first
    }
}
