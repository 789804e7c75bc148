import Foundation
import TestSupport
import Testing

/// What to do about an error is in the document as it is in the text: both come from one value.
@Suite struct ErrorRemedyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let words: [String]
        let status: Int32
        /// What is told to do.
        let remedy: String
        var schema = "CREATE TABLE t (id bigint PRIMARY KEY);\n"
        var fleet: [String] = []
        var connection = "{user: nobody}"

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "SQL that cannot be read", words: ["drift", "--working-tree"], status: 1,
            remedy: "did you mean `decimal`?",
            schema: "CREATE TABLE t (id decimel(12,2) PRIMARY KEY);\n"),
        Case(
            name: "two faults", words: ["plan", "--working-tree"], status: 78,
            remedy: "did you mean", fleet: ["namespacs: {}", "polcy: {}"]),
        Case(
            name: "password variable that is not set", words: ["plan", "--working-tree"],
            status: 78, remedy: "set it, or use password_file or option_file",
            connection: "{user: nobody, password_env: PLUMB_TEST_NOT_SET}"),
        Case(
            name: "password file that is not there", words: ["drift", "--working-tree"],
            status: 78, remedy: "check the path and its rights",
            connection: "{user: nobody, password_file: /nowhere/password}"),
        Case(
            name: "folder without a repository", words: ["plan"], status: 1,
            remedy: "run in the schema repository"),
        Case(
            name: "source that git cannot fetch", words: ["plan", "--source", "ftp://host/x"],
            status: 1, remedy: "use a path, file://, https://, ssh://"),
        Case(
            name: "ledger that is none",
            words: ["log", "--working-tree", "--ledger", "plumb.yaml"], status: 1,
            remedy: "name a folder"),
        Case(
            name: "ledger that cannot be made",
            words: ["reconcile", "--working-tree", "--ledger", "/proc/nowhere"], status: 1,
            remedy: "check its rights"),
        Case(
            name: "no ledger", words: ["show", "abcd", "--working-tree"], status: 1,
            remedy: "`plumb reconcile` makes one"),
        Case(
            name: "no plan", words: ["approve", "--all", "--reason", "x", "--working-tree"],
            status: 1, remedy: "run `plumb plan` first"),
        Case(
            name: "digest that is too short", words: ["show", "ab", "--working-tree"], status: 64,
            remedy: "four digits at least"),
        Case(
            name: "no reason", words: ["deny", "--all", "--working-tree"], status: 64,
            remedy: "give it with --reason"),
        Case(
            name: "no number", words: ["log", "--limit", "x", "--working-tree"], status: 64,
            remedy: "use a positive whole number"),
        Case(
            name: "unknown command", words: ["plna"], status: 64, remedy: "did you mean `plan`?"),
        Case(
            name: "unknown option", words: ["plan", "--sharb", "x"], status: 64,
            remedy: "did you mean --shard?"),
        Case(
            name: "option without a value", words: ["log", "--limit"], status: 64,
            remedy: "write --limit=<number>"),
        Case(
            name: "option that takes none", words: ["plan", "--working-tree=yes"], status: 64,
            remedy: "leave it out"),
        Case(
            name: "option twice", words: ["log", "--limit", "1", "--limit", "2"], status: 64,
            remedy: "give it once"),
        Case(
            name: "argument too many", words: ["plan", "x"], status: 64,
            remedy: "see `plumb plan --help`"),
        Case(
            name: "import without a name", words: ["import", "--host", "unix:/nowhere"],
            status: 64, remedy: "give --host and --database, or --record"),
        Case(
            name: "import into a namespace that cannot be",
            words: [
                "import", "--host", "unix:/nowhere", "--database", "x", "--namespace", "a b",
            ],
            status: 64, remedy: "use at most 64 letters"),
    ]

    @Test(arguments: cases)
    func isInTextAndDocument(_ sample: Case) throws {
        let folder = try TemporaryFolder()
        try folder.write(sample.schema, to: "schema/app/t.sql")
        try folder.write(
            ServerlessFleet.yaml(sample.fleet, connection: sample.connection), to: "plumb.yaml")
        func run(_ more: String...) throws -> Run {
            try RunningPlumb(
                sample.words + more, folder: folder.path, environment: ["HOME": folder.path]
            ).wait()
        }
        let text = try run()
        #expect(text.status == sample.status && text.stdout.isEmpty, "\(text)")
        let run = try run("--output", "json")
        let document = try run.json
        #expect(document["kind"] as? String == "error")
        #expect(document["exit"] as? Int == Int(sample.status) && run.status == sample.status)
        let remedy = try #require(document["remedy"] as? String, "\(run)")
        #expect(remedy.contains(sample.remedy), "\(run)")
        let problems = try run.list("problems")
        #expect(problems.first?["remedy"] as? String == remedy)
        // Every word of the text is in the document, and the other way round.
        var words = text.stderr
        for problem in problems {
            for member in ["message", "remedy"] {
                let part = try #require(problem[member] as? String)
                #expect(text.says(part), "\(part)\n\(text)")
                words = words.replacing(part, with: "")
            }
        }
        #expect(!words.contains { $0 == ";" }, "\(words)")
        #expect(run.stderr == text.stderr)
    }
}
