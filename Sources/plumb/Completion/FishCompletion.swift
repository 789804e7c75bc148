/// Completions for fish.
enum FishCompletion {
    static func script(_ words: CompletionWords) -> String {
        var lines = [
            "# fish completion for plumb, made from its command table by `plumb completion fish`.",
            "",
            "# Whether the words before the cursor begin with these.",
            "function __plumb_command",
            "    set -l words (commandline -opc)[2..]",
            "    set -l last (count $argv)",
            "    test (count $words) -ge $last; and test \"$words[1..$last]\" = \"$argv\"",
            "end",
            "",
            "# Whether these are all words before the cursor.",
            "function __plumb_after",
            "    set -l words (commandline -opc)[2..]",
            "    test \"$words\" = \"$argv\"",
            "end",
            "",
            "complete -c plumb -f",
            "complete -c plumb -n __plumb_after -l version -d 'say the version'",
            "complete -c plumb -l help -d 'say what the command does'",
        ]
        for (word, summary) in words.first {
            lines.append(offer(word, summary, after: ""))
            if word != "help" { lines.append(offer(word, summary, after: " help")) }
        }
        for group in words.groups {
            for (word, command) in group.members {
                lines.append(offer(word, command.summary, after: " " + group.name))
            }
        }
        let commands = words.commands + words.groups.flatMap { $0.members.map(\.command) }
        return (lines + commands.flatMap(self.lines)).joined(separator: "\n") + "\n"
    }

    private static func offer(_ word: String, _ summary: String, after words: String) -> String {
        "complete -c plumb -n \(quoted("__plumb_after" + words)) -a \(word) "
            + "-d \(quoted(summary))"
    }

    private static func lines(_ command: Command) -> [String] {
        let start = "complete -c plumb -n \(quoted("__plumb_command " + command.name))"
        var lines = command.options.map { option in
            let value = option.value == nil ? "" : " " + values(option.values)
            return "\(start) -l \(option.name)\(value) -d \(quoted(option.help))"
        }
        switch command.argumentValues {
        case .any: break
        case .words(let words):
            lines.append("\(start) -a \(quoted(words.joined(separator: " ")))")
        case .file: lines.append("\(start) -F")
        case .folder: lines.append("\(start) -a '(__fish_complete_directories)'")
        }
        return lines
    }

    private static func values(_ values: Option.Values) -> String {
        switch values {
        case .any: "-x"
        case .words(let words): "-x -a \(quoted(words.joined(separator: " ")))"
        case .file: "-r -F"
        case .folder: "-x -a '(__fish_complete_directories)'"
        }
    }

    /// In fish a backslash in single quotes escapes a quote.
    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
