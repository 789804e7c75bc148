import Service
import Model
import Schema

/// `plumb completion`.
enum CompletionCommand {
    static let command = Command(
        name: "completion", summary: "print the completions for bash, zsh or fish",
        arguments: "shell", argumentValues: .words(CompletionShell.allCases.map(\.rawValue)),
        details: """
            bash: source <(plumb completion bash), in ~/.bashrc.

            zsh: plumb completion zsh > "${fpath[1]}/_plumb", and a new shell.

            fish: plumb completion fish > ~/.config/fish/completions/plumb.fish
            """,
        options: [.noColor], run: run)

    private static func run(_ invocation: Invocation) throws -> ExitStatus {
        let word = try invocation.onlyArgument("a shell")
        guard let shell = word.flatMap(CompletionShell.init) else {
            throw UsageError(
                message: word.map { "\($0): there are no completions for it" }
                    ?? "which shell is missing",
                remedy: "name one of "
                    + CompletionShell.allCases.map(\.rawValue).joined(separator: ", "))
        }
        invocation.terminal.answer(shell.script(CommandTable.commands))
        return .done
    }
}
