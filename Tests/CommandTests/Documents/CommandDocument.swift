import Foundation
import TestSupport

/// A document whose `console` blocks hold commands and what they print.
///
/// A block whose first line names a file, such as `sql schema/orders.sql`, is that file. A comment
/// that begins with `before:` holds commands of which the document does not speak. In what is
/// printed `…` stands for anything.
struct CommandDocument {
    /// One thing that the document does.
    enum Step {
        case file(String, String)
        case command(Command)
    }

    struct Command {
        let text: String
        /// What it prints, without line breaks; nil where the document does not say.
        let prints: String?

        /// The status that it ends with: the one that plumb prints, else 0.
        var status: Int32 {
            guard let prints, let match = prints.firstMatch(of: /exit (\d+)$/) else { return 0 }
            return Int32(match.output.1) ?? 0
        }
    }

    /// What a command did.
    struct Outcome {
        let command: Command
        let output: String
        let status: Int32
    }

    private let steps: [Step]

    init(_ text: String) {
        var steps: [Step] = []
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.popFirst() {
            if line == "<!-- before:" {
                steps += Self.take(&lines, until: "-->").map {
                    .command(Command(text: String($0), prints: nil))
                }
            } else if line == "```console" {
                steps += Self.commands(Self.take(&lines, until: "```")).map(Step.command)
            } else if line.hasPrefix("```") {
                let words = line.split(separator: " ")
                let body = Self.take(&lines, until: "```").map { $0 + "\n" }.joined()
                if words.count == 2 { steps.append(.file(String(words[1]), body)) }
            }
        }
        self.steps = steps
    }

    var commands: [Command] {
        steps.compactMap { step in
            switch step {
            case .command(let command): command
            case .file: nil
            }
        }
    }

    private static func take(_ lines: inout ArraySlice<Substring>, until end: Substring)
        -> [Substring]
    {
        var taken: [Substring] = []
        while let line = lines.popFirst(), line != end { taken.append(line) }
        return taken
    }

    private static func commands(_ lines: [Substring]) -> [Command] {
        var commands: [Command] = []
        var printed: [Substring] = []
        for line in lines.reversed() {
            guard line.hasPrefix("$ ") else {
                printed.insert(line, at: 0)
                continue
            }
            commands.insert(
                Command(
                    text: String(line.dropFirst(2)), prints: printed.joined(separator: "\n")),
                at: 0)
            printed = []
        }
        return commands
    }

    /// Runs all of it in one shell.
    ///
    /// - Parameter replacing: what the document says, and what it is here.
    func run(in folder: String, replacing: [String: String]) throws -> [Outcome] {
        func here(_ text: String) -> String {
            replacing.reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
        }
        var script = ""
        for step in steps {
            switch step {
            case .file(let name, let text):
                script += "mkdir -p \"$(dirname \(name))\"\ncat >\(name) <<'END-OF-FILE'\n"
                script += here(text) + "END-OF-FILE\n"
            case .command(let command):
                script += "printf '\\001'\n\(here(command.text))\nprintf '\\002%s' $?\n"
            }
        }
        try Data(script.utf8).write(to: URL(fileURLWithPath: folder + "/script"))
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        var environment = [
            "HOME": folder, "NO_COLOR": "1", "GIT_CONFIG_NOSYSTEM": "1", "PLUMB_ACTOR": "",
            "PATH": (PlumbProgram.path as NSString).deletingLastPathComponent + ":" + path,
        ]
        for name in FleetFixture.pipelineVariables { environment[name] = "" }
        let run = try Shell.run(
            "bash", [folder + "/script"], environment: environment, folder: folder)
        let parts = run.stdout.split(separator: "\u{1}", omittingEmptySubsequences: false)
            .dropFirst()
        return zip(commands, parts).map { command, part in
            let ends = part.split(separator: "\u{2}", omittingEmptySubsequences: false)
            return Outcome(
                command: command, output: String(ends[0]),
                status: ends.last.flatMap { Int32($0) } ?? -1)
        }
    }

    /// The text as it is compared: no digest of a record, no time, and no width of a line.
    static func compared(_ text: String) -> String {
        text.replacing(
            /\b([0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{16}|[0-9a-f]{12}|[0-9a-f]{7})\b/, with: "#"
        )
        .replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, with: "TIME")
        .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Whether `output` is what the document says, `…` being anything.
    static func matches(_ output: String, _ said: String) -> Bool {
        var parts = compared(said).components(separatedBy: "…").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        var rest = compared(output)[...]
        guard rest.hasPrefix(parts[0]) else { return false }
        if parts.count == 1 { return rest == parts[0] }
        let last = parts.removeLast()
        for part in parts where !part.isEmpty {
            guard let place = rest.range(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
