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
