/// Completions for zsh, as a function file `_plumb`.
enum ZshCompletion {
    static func script(_ words: CompletionWords) -> String {
        let groups = words.groups.map { group in
            """
                    \(group.name))
                        _arguments -C ': :->member' '*:: :->member_words' && result=0
                        case $state in
                            member)
                                commands=(
            \(list(group.members.map { ($0.word, $0.command.summary) }))
                                )
                                _describe -t commands command commands && result=0
                                ;;
                            member_words)
                                case $words[1] in
            \(group.members.map { arguments($0.word, $0.command) }.joined())
                                esac
                                ;;
                        esac
                        ;;

            """
        }
        return """
            #compdef plumb
            # zsh completion for plumb, made from its command table by `plumb completion zsh`.

            _plumb() {
                local curcontext=$curcontext state line result=1
                local -a commands
                typeset -A opt_args
                _arguments -C '--help[say what the commands are]' '--version[say the version]' \\
                    ': :->command' '*:: :->command_words' && result=0
                case $state in
                    command)
                        commands=(
            \(list(words.first))
                        )
                        _describe -t commands command commands && result=0
                        return result
                        ;;
                    command_words) ;;
                    *) return result ;;
                esac
                case $words[1] in
                    help)
                        commands=(
            \(list(words.first))
                        )
                        _describe -t commands command commands && result=0
                        ;;
            \(words.commands.map { arguments($0.name, $0) }.joined())\(groups.joined())    esac
                return result
            }

            _plumb "$@"

            """
    }

    private static func list(_ words: [(word: String, summary: String)]) -> String {
        words.map { "                " + CompletionShell.quoted("\($0.word):\($0.summary)") }
            .joined(separator: "\n")
    }

    private static func arguments(_ word: String, _ command: Command) -> String {
        var specs = command.options.map { option in
            let again = option.isRepeatable ? "*" : ""
            let equals = option.value == nil ? "" : "="
            let value = option.value.map { ":\($0):" + values(option.values) } ?? ""
            return CompletionShell.quoted(
                "\(again)--\(option.name)\(equals)[\(escaped(option.help))]\(value)")
        }
        specs.append("'--help[say what the command does]'")
        if !command.arguments.isEmpty {
            specs.append(
                CompletionShell.quoted(
                    "*:\(escaped(command.arguments)):"
                        + values(command.argumentValues)))
        }
        let lines = specs.map { "                \($0)" }.joined(separator: " \\\n")
        return """
                    \(word))
                        _arguments \\
            \(lines) && result=0
                        ;;

            """
    }

    private static func values(_ values: Option.Values) -> String {
        switch values {
        case .any: " "
        case .words(let words): "(" + words.joined(separator: " ") + ")"
        case .file: "_files"
        case .folder: "_files -/"
        }
    }

    /// Text inside a specification, where brackets and colons mean something.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "[]:\\".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
