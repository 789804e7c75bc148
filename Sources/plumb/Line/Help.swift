import Model

/// The help texts, made from the command table.
enum Help {
    /// What the program's end means, for all commands.
    static let exitStatuses: [(status: ExitStatus, meaning: String)] = [
        (.done, "in sync or done"), (.error, "error"), (.difference, "difference"),
        (.blocked, "blocked"), (.partial, "partial"), (.refused, "refused"),
        (.incomplete, "incomplete"), (.usage, "usage"), (.configuration, "configuration"),
    ]

    static func overview(_ table: [Command]) -> String {
        let width = (table.map(\.name.count).max() ?? 0) + 2
        let lines = table.map { "  " + pad($0.name, width) + $0.summary }
        return """
            plumb keeps a fleet of sharded MySQL and MariaDB databases true to the schema in git.

            usage: plumb <command> [options]

            \(lines.joined(separator: "\n"))

            plumb <command> --help tells more. Exit statuses: 0 in sync or done, 1 error,
            2 difference, 3 blocked, 4 partial, 5 refused, 6 incomplete, 64 usage, 78 configuration.

            """
    }

    static func page(_ command: Command) -> String {
        let arguments = command.arguments.isEmpty ? "" : " " + command.arguments
        var text = "plumb \(command.name): \(command.summary)\n\n"
        text += "usage: plumb \(command.name)\(arguments) [options]\n"
        if !command.details.isEmpty { text += "\n\(command.details)\n" }
        if command.options.isEmpty { return text }
        let names = command.options.map { option in
            "--\(option.name)" + (option.value.map { " <\($0)>" } ?? "")
        }
        let width = (names.map(\.count).max() ?? 0) + 2
        text += "\noptions:\n"
        for (name, option) in zip(names, command.options) {
            text += "  " + pad(name, width) + option.help + "\n"
        }
        return text
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
