import Foundation
import TestSupport

@testable import plumb

/// A line as somebody types it before the tab key, given to a real shell.
struct CompletedLine {
    let shell: CompletionShell
    /// Where the shell runs.
    let folder: String

    /// The words that the shell offers for the end of `line`, sorted.
    func offers(_ line: String) throws -> [String] { try offers([line])[0] }

    /// Those for each of `lines`, all asked of one shell.
    func offers(_ lines: [String]) throws -> [[String]] {
        let script = shell.script(CommandTable.commands)
        let file = folder + "/.completion." + shell.rawValue
        try script.write(toFile: file, atomically: true, encoding: .utf8)
        let output = try Shell.run(
            "/usr/bin/env",
            ["-i", "PATH=/usr/bin:/bin", "HOME=\(folder)", "LC_ALL=C.UTF-8"] + words + [file]
                + lines, folder: folder)
        let answers = output.stdout.components(separatedBy: "END\n").dropLast()
        guard output.status == 0, output.stderr.isEmpty, answers.count == lines.count else {
            throw TestSupportError(
                "\(shell) on \(lines): status \(output.status)\n\(output.stderr)\(output.stdout)")
        }
        return answers.map { answer in
            // fish writes what a word means behind a tab.
            let words = answer.split(whereSeparator: \.isNewline).map {
                String($0.prefix { $0 != "\t" })
            }
            // zsh asks again with other rules where there is one match.
            return shell == .zsh ? Set(words).sorted() : words.sorted()
        }
    }

    private var words: [String] {
        switch shell {
        case .bash: ["bash", "--norc", "-c", Self.bash, "bash"]
        case .zsh: ["zsh", "-f", "-c", Self.zsh, "zsh"]
        case .fish: ["fish", "--no-config", "-c", Self.fish]
        }
    }

    private static let fish = """
        source $argv[1]
        for line in $argv[2..]
            complete -C $line
            echo END
        end
        """

    /// The words of the line as readline splits them, with `=` as one of its own.
    private static let bash = """
        source "$1"
        compopt() { :; }
        function=$(complete -p plumb | sed -E 's/.*-F ([^ ]+) .*/\\1/')
        for line in "${@:2}"; do
            read -ra COMP_WORDS <<< "${line//=/ = }"
            [[ $line != *[\\ ] ]] || COMP_WORDS+=('')
            COMP_LINE=$line COMP_POINT=${#line} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            "$function"
            [[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\\n' "${COMPREPLY[@]}"
            echo END
        done
        """

    /// An interactive zsh on a terminal of its own; what it would offer goes to a file.
    private static let zsh = """
        zmodload zsh/zpty
        hits=$HOME/.hits
        zpty shell zsh -f -i
        zpty -w shell "PROMPT=; unsetopt zle_bracketed_paste 2>/dev/null
        autoload -Uz compinit && compinit -u -D; bindkey '^I' complete-word
        eval \\"_plumb_file() { \\$(<$1) }\\"; compdef _plumb_file plumb
        zstyle ':completion:*' list-prompt ''
        compadd() {
            if [[ \\${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]
            then builtin compadd \\"\\$@\\"; return; fi
            local -a found; builtin compadd -A found \\"\\$@\\"
            print -rl -- \\$found >> $hits; builtin compadd \\"\\$@\\"
        }
        ended() { print END >> $hits; comppostfuncs=(ended) }; comppostfuncs=(ended); print RE''ADY"
        zpty -r shell seen '*READY*'
        for line in "${@:2}"; do
            : > $hits
            zpty -w -n shell $'\\C-u'"$line"$'\\t'
            limit=$((SECONDS + 30))
            until grep -qs '^END$' $hits; do
                if (( SECONDS > limit )); then print -u2 "no offer for $line"; exit 1; fi
                zpty -rt shell seen || sleep 0.01
            done
            sed '/^END$/q' $hits
        done
        zpty -d shell
        """
}
