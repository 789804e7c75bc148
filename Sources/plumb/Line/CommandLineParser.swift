import Schema
import Service

/// Parses a command line by a table of commands.
struct CommandLineParser {
    let table: [Command]

    /// The result of parsing.
    enum Request {
        case run(Command, Invocation)
        /// The help of one command, or of all of them.
        case help(Command?)
        case version
    }

    func parse(_ words: [String]) throws(UsageError) -> Request {
        guard let first = words.first else { return .help(nil) }
        if ["--help", "-h", "help"].contains(first) {
            guard words.count > 1 else { return .help(nil) }
            return .help(try command(in: words[1...]).command)
        }
        if ["--version", "version"].contains(first) { return .version }
        let (command, rest) = try command(in: words[...])
        if rest.contains("--help") || rest.contains("-h") { return .help(command) }
        return .run(command, try invocation(of: command, rest))
    }

    /// The command with the longest name that the words begin with.
    private func command(
        in words: ArraySlice<String>
    ) throws(UsageError) -> (command: Command, rest: ArraySlice<String>) {
        for length in [2, 1] where words.count >= length {
            let name = words.prefix(length).joined(separator: " ")
            if let command = table.first(where: { $0.name == name }) {
                return (command, words.dropFirst(length))
            }
        }
        let word = words.first ?? ""
        let near = NearestName.suggestion(for: word, among: table.map(\.name))
        let hint = near.map { "did you mean `\($0)`?" } ?? "see `plumb --help`"
        throw UsageError(message: "unknown command `\(word)`", remedy: hint)
    }

    private func invocation(
        of command: Command, _ words: ArraySlice<String>
    ) throws(UsageError) -> Invocation {
        var arguments: [String] = []
        var values: [String: [String]] = [:]
        var switches: Set<String> = []
        var rest = words
        while let word = rest.popFirst() {
            if word == "--" {
                arguments += rest
                break
            }
            guard word.hasPrefix("--") else {
                arguments.append(word)
                continue
            }
            let (name, inline) = Self.split(word)
            let option = try option(name, of: command)
            if option.value == nil {
                guard inline == nil else {
                    throw UsageError(message: "--\(name) takes no value", remedy: "leave it out")
                }
                switches.insert(name)
                continue
            }
            let next = rest.first.flatMap { $0.hasPrefix("--") ? nil : $0 }
            if inline == nil, next != nil { rest.removeFirst() }
            guard let value = inline ?? next else {
                throw UsageError(
                    message: "--\(name) needs a value",
                    remedy: "write --\(name)=<\(option.value ?? "")>")
            }
            guard option.isRepeatable || values[name] == nil else {
                throw UsageError(message: "--\(name) is given twice", remedy: "give it once")
            }
            values[name, default: []].append(value)
        }
        guard arguments.isEmpty || !command.arguments.isEmpty else {
            // The word is not repeated: it may be a password without its option.
            let place = (words.firstIndex(of: arguments[0]) ?? words.startIndex) - words.startIndex
            throw UsageError(
                message: "plumb \(command.name) takes no argument, but word \(place + 1) after "
                    + "its name is one",
                remedy: "see `plumb \(command.name) --help`")
        }
        return Invocation(arguments: arguments, values: values, switches: switches)
    }

    private func option(_ name: String, of command: Command) throws(UsageError) -> Option {
        if let option = command.options.first(where: { $0.name == name }) { return option }
        let near = NearestName.suggestion(for: name, among: command.options.map(\.name))
        let hint = near.map { "did you mean --\($0)?" } ?? "see `plumb \(command.name) --help`"
        throw UsageError(
            message: "plumb \(command.name) has no option --\(name)", remedy: hint)
    }

    private static func split(_ word: String) -> (name: String, value: String?) {
        let body = word.dropFirst(2)
        guard let equals = body.firstIndex(of: "=") else { return (String(body), nil) }
        return (String(body[..<equals]), String(body[body.index(after: equals)...]))
    }
}
