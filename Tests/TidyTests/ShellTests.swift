import Foundation
import TestSupport
import Testing

@Suite("The scripts of pipelines")
struct ShellTests {
    @Test("shellcheck has nothing to say of them, as scripts of any POSIX shell")
    func shellcheck() throws {
        let files = try Repository.files(below: "ci", endings: [".sh"]).map(\.path)
        #expect(files.count > 3)
        let run = try Shell.run(
            "shellcheck", ["--external-sources", "--shell=sh"] + files,
            folder: Repository.root.path)
        #expect(run.status == 0, "\(run.stdout)\(run.stderr)")
    }

    /// An input that nothing uses would be one that somebody relies on.
    @Test(
        "each input of the action and of the component is used, and each that is used is there",
        arguments: [("ci/github/action.yml", "  "), ("ci/gitlab/plumb.yml", "    ")])
    func inputs(file: String, indentation: String) throws {
        let text = try Repository.text(file)
        let lines = text.split(separator: "\n").drop { !$0.hasSuffix("inputs:") }.dropFirst()
        let declared = lines.prefix { $0.hasPrefix(indentation) }
            .filter { $0.wholeMatch(of: /\s+[a-z-]+:/) != nil && !$0.hasPrefix(indentation + " ") }
            .map { $0.trimmingCharacters(in: [" ", ":"]) }
        let used = text.matches(of: /\[\[? ?inputs\.([a-z-]+)|\{\{ inputs\.([a-z-]+)/)
            .compactMap { ($0.output.1 ?? $0.output.2).map(String.init) }
        #expect(declared.count > 8)
        #expect(Set(declared) == Set(used))
    }

    /// `${{ … }}` becomes text of the script before a shell reads it.
    @Test("no input of the action, and nothing of an event, stands in its script")
    func noExpressionInAScript() throws {
        let text = try Repository.text("ci/github/action.yml")
        let lines = text.split(separator: "\n").filter { $0.contains("${{") }
        #expect(lines.count > 10)
        for line in lines {
            let words = line.drop { $0 == " " }
            let isVariable = words.hasPrefix("PLUMB_CI_")
            let isOutput = words.hasPrefix("value: ${{ steps.plumb.outputs.")
            #expect(isVariable || isOutput || words == "default: ${{ github.token }}", "\(line)")
        }
        let gitLab = try Repository.text("ci/gitlab/plumb.yml")
        let script = try #require(gitLab.range(of: "  script:\n    - '")).upperBound
        #expect(!gitLab[script...].prefix { $0 != "\n" }.contains("$[["))
    }
}
