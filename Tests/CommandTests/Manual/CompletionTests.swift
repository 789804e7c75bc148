import Foundation
import TestSupport
import Testing

@testable import plumb

/// What real shells offer after `plumb …` and the tab key.
@Suite struct CompletionTests {
    @Test(arguments: CompletionShell.allCases)
    func commandsAreOffered(_ shell: CompletionShell) throws {
        let first = try offers(shell, "plumb ")
        let names = CommandTable.commands.compactMap { $0.name.split(separator: " ").first }
        for name in names { #expect(first.contains(String(name)), "\(name) in \(first)") }
        #expect(first.contains("help"))
        #expect(Set(first).count == first.count, "each once: \(first)")
        #expect(try offers(shell, "plumb rec") == ["reconcile"])
        #expect(try offers(shell, "plumb store ") == ["copy", "gc", "verify"])
        #expect(try offers(shell, "plumb help rec") == ["reconcile"])
    }

    @Test(arguments: CompletionShell.allCases)
    func optionsOfTheCommandAreOffered(_ shell: CompletionShell) throws {
        #expect(try offers(shell, "plumb plan --out") == ["--output"])
        #expect(try offers(shell, "plumb store gc --ke") == ["--keep"])
        #expect(try offers(shell, "plumb fmt --out") == [])
        let folder = try TemporaryFolder()
        let all = try CompletedLine(shell: shell, folder: folder.path)
            .offers(CommandTable.commands.map { "plumb \($0.name) --" })
        for (command, offered) in zip(CommandTable.commands, all) {
            let wanted = (command.options.map { "--" + $0.name } + ["--help"]).sorted()
            #expect(offered == wanted, "plumb \(command.name) in \(shell)")
        }
    }

    @Test(arguments: CompletionShell.allCases)
    func valuesThatAreAFixedSetAreOffered(_ shell: CompletionShell) throws {
        let formats = ["html", "json", "junit", "markdown", "sarif", "text"]
        #expect(try offers(shell, "plumb plan --output ") == formats)
        #expect(try offers(shell, "plumb rollback --output ") == ["json", "text"])
        let inline = try offers(shell, "plumb plan --output=ma").map {
            // fish offers the whole word.
            $0.replacing("--output=", with: "")
        }
        #expect(inline == ["markdown"])
        #expect(try offers(shell, "plumb completion ") == ["bash", "fish", "zsh"])
    }

    @Test(arguments: CompletionShell.allCases)
    func filesAndFoldersAreOfferedWhereTheyBelong(_ shell: CompletionShell) throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "rules.yaml")
        try folder.write("", to: "ruled/inside")
        let line = CompletedLine(shell: shell, folder: folder.path)
        let files = try line.offers("plumb plan --operator rul").map(withoutSlash)
        #expect(files == ["ruled", "rules.yaml"])
        let folders = try line.offers("plumb import --into rul").map(withoutSlash)
        #expect(folders == ["ruled"])
        #expect(try line.offers("plumb plan --environment rul") == [])
        let arguments = try line.offers("plumb fmt rul").map(withoutSlash)
        #expect(arguments == ["ruled", "rules.yaml"])
    }

    @Test func anUnknownShellIsRefused() throws {
        let output = try Shell.run(PlumbProgram.path, ["completion", "tcsh"])
        #expect(output.status == 64)
        #expect(output.stderr.contains("name one of bash, zsh, fish"))
    }

    private func offers(_ shell: CompletionShell, _ line: String) throws -> [String] {
        let folder = try TemporaryFolder()
        return try withExtendedLifetime(folder) {
            try CompletedLine(shell: shell, folder: folder.path).offers(line)
        }
    }

    private func withoutSlash(_ text: String) -> String {
        text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
