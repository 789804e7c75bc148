/// A shell for which there are completions.
enum CompletionShell: String, CaseIterable {
    case bash, zsh, fish

    /// A script of the shell that offers what the table has.
    func script(_ table: [Command]) -> String {
        let words = CompletionWords(table)
        return switch self {
        case .bash: BashCompletion.script(words)
        case .zsh: ZshCompletion.script(words)
        case .fish: FishCompletion.script(words)
        }
    }

    /// Text as one word of the shells: in single quotes.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}

/// The command table as shells see it: commands of one word, and groups of two, such as
/// `store verify`.
struct CompletionWords {
    struct Group {
        /// Such as `store`.
        let name: String
        /// The commands of the group; each name is the second word.
        let members: [(word: String, command: Command)]

        var summary: String { members.map(\.word).joined(separator: ", ") + " …" }
    }

    /// The commands of one word.
    let commands: [Command]
    let groups: [Group]

    init(_ table: [Command]) {
        commands = table.filter { !$0.name.contains(" ") }
        var names: [String] = []
        var members: [String: [(word: String, command: Command)]] = [:]
        for command in table {
            let parts = command.name.split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            if members[parts[0]] == nil { names.append(parts[0]) }
            members[parts[0], default: []].append((parts[1], command))
        }
        groups = names.map { Group(name: $0, members: members[$0] ?? []) }
    }

    /// What may stand first, with what it does.
    var first: [(word: String, summary: String)] {
        commands.map { ($0.name, $0.summary) } + groups.map { ($0.name, $0.summary) }
            + [("help", "say what a command does")]
    }
}
