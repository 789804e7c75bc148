/// Completions for bash; they need nothing but bash.
enum BashCompletion {
    static func script(_ words: CompletionWords) -> String {
        let first = words.first.map(\.word).joined(separator: " ")
        let groups = words.groups.map { group in
            let members = group.members.map(\.word).joined(separator: " ")
            return """
                    \(group.name))
                        if [[ $COMP_CWORD -eq 2 ]]; then
                            COMPREPLY=($(compgen -W '\(members)' -- "$cur"))
                            return
                        fi
                        command+=" ${COMP_WORDS[2]}"
                        ;;

                """
        }
        let cases = (words.commands + words.groups.flatMap { $0.members.map(\.command) })
            .map(command)
        return """
            # bash completion for plumb, made from its command table by `plumb completion bash`.

            _plumb() {
                local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
                local command=${COMP_WORDS[1]} values='' options='' arguments=''
                COMPREPLY=()
                # bash takes the = of --option=value for a word.
                if [[ $cur == = ]]; then
                    cur=''
                elif [[ $before == = && $COMP_CWORD -ge 2 ]]; then
                    before=${COMP_WORDS[COMP_CWORD-2]}
                fi
                if [[ $COMP_CWORD -eq 1 ]]; then
                    COMPREPLY=($(compgen -W '\(first) --help --version' -- "$cur"))
                    return
                fi
                case $command in
                    help)
                        COMPREPLY=($(compgen -W '\(first)' -- "$cur"))
                        return
                        ;;
            \(groups.joined())    esac
                case $command in
            \(cases.joined())    esac
                [[ -n $values ]] || values=$arguments
                [[ $cur != -* ]] || values="words $options --help"
                case $values in
                    'words '*) COMPREPLY=($(compgen -W "${values#words }" -- "$cur")) ;;
                    file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
                    folder) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
                    '') COMPREPLY=($(compgen -W "$options --help" -- "$cur")) ;;
                esac
            }

            complete -F _plumb plumb

            """
    }

    private static func command(_ command: Command) -> String {
        let options = command.options.map { "--" + $0.name }.joined(separator: " ")
        let values = command.options.filter { $0.value != nil }.map { option in
            "                    --\(option.name)) values='\(self.values(option.values))' ;;\n"
        }.joined()
        let arguments = command.arguments.isEmpty ? "" : self.values(command.argumentValues)
        return """
                    '\(command.name)')
                        options='\(options)' arguments='\(arguments)'
                        case $before in
            \(values)            esac
                        ;;

            """
    }

    /// `any` is a value that is not offered.
    private static func values(_ values: Option.Values) -> String {
        switch values {
        case .any: "any"
        case .words(let words): "words " + words.joined(separator: " ")
        case .file: "file"
        case .folder: "folder"
        }
    }
}
