import Foundation
import FoundationXML
import TestSupport
import Testing

/// A command that fails answers in the format that was asked for, and repeats no secret.
@Suite("attack: errors are documents, and secrets in wrong places are not repeated")
struct ErrorDocumentTests {
    struct Failure: Sendable, CustomTestStringConvertible {
        let name: String
        let words: [String]
        let status: Int32
        var connection = "{user: nobody}"
        var schema = "CREATE TABLE t (id bigint PRIMARY KEY);\n"
        var more: [String] = []

        var testDescription: String { name }

        func run(_ format: String? = nil) throws -> Run {
            let folder = try TemporaryFolder()
            try folder.write(schema, to: "schema/app/t.sql")
            try folder.write(ServerlessFleet.yaml(more, connection: connection), to: "plumb.yaml")
            let output = format.map { ["--output", $0] } ?? []
            let run = try RunningPlumb(words + output, folder: folder.path, environment: [:]).wait()
            #expect(run.status == status, "\(run)")
            return run
        }
    }

    static let failures = [
        Failure(
            name: "configuration", words: ["plan", "--working-tree"], status: 78,
            more: ["polcy: {}"]),
        Failure(
            name: "schema", words: ["drift", "--working-tree"], status: 1,
            schema: "CREATE TABLE `::error::x` (id decimel PRIMARY KEY);\n"),
        Failure(name: "git", words: ["plan", "--source", "/nonexistent"], status: 1),
        Failure(name: "usage", words: ["plan", "--nonsense"], status: 64),
        Failure(name: "usage of another", words: ["status", "--limitt"], status: 64),
    ]

    @Test("attack: SARIF, JUnit, JSON, Markdown and HTML carry the error", arguments: failures)
    func documents(failure: Failure) throws {
        let json = try failure.run("json").stdout
        let value = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect(value?["exit"] as? Int == Int(failure.status))
        #expect((value?["problems"] as? [Any])?.isEmpty == false)
        let sarif = try failure.run("sarif").stdout
        let log = try JSONSerialization.jsonObject(with: Data(sarif.utf8)) as? [String: Any]
        let results = (log?["runs"] as? [[String: Any]])?.first?["results"] as? [[String: Any]]
        #expect(results?.first?["level"] as? String == "error")
        let junit = try failure.run("junit").stdout
        #expect(XMLParser(data: Data(junit.utf8)).parse())
        #expect(junit.contains("<error type="))
        #expect(try failure.run("html").stdout.contains("plumb failed"))
        #expect(try failure.run("markdown").stdout.contains("### plumb failed"))
        let run = try failure.run()
        #expect(run.stdout.isEmpty)
        #expect(HostileStrings.faults(in: run.stderr) == [], "\(run)")
    }

    @Test(
        "attack: a value where a secret may stand is in no format and on no stream",
        arguments: [
            Failure(
                name: "password", words: ["plan", "--working-tree"], status: 78,
                connection: "{user: a, password: hunter2}"),
            Failure(
                name: "another word", words: ["validate", "--working-tree"], status: 78,
                connection: "{user: a, db_passwd: hunter2}"),
            Failure(
                name: "no key at all", words: ["validate", "--working-tree"], status: 78,
                connection: "{user: a, hunter2}"),
            Failure(
                name: "glued", words: ["validate", "--working-tree"], status: 78,
                connection: "{user: a, \"password=hunter2\": x}"),
            Failure(
                name: "behind the user", words: ["plan", "--working-tree"], status: 78,
                connection: "{user: \"plumb:hunter2\"}"),
            Failure(
                name: "variable", words: ["plan", "--working-tree"], status: 78,
                connection: "{user: a, password_env: hunter2}"),
            Failure(
                name: "file", words: ["plan", "--working-tree"], status: 78,
                connection: "{user: a, password_file: hunter2}"),
            Failure(
                name: "doctor", words: ["doctor", "--working-tree"], status: 1,
                connection: "{user: a, password_file: hunter2}"),
            Failure(
                name: "host", words: ["validate", "--working-tree"], status: 78,
                more: ["workspace: {host: \"a:hunter2@db-0\"}"]),
            Failure(
                name: "ledger", words: ["validate", "--working-tree"], status: 78,
                more: ["ledger: \"mysql://u:hunter2@h/d\""]),
            Failure(
                name: "hosts", words: ["validate", "--working-tree"], status: 78,
                connection: "{user: a}, hosts: {\"a:hunter2@db\": \"a:hunter2@x\"}"),
            Failure(
                name: "source", words: ["plan", "--source", "https://a:hunter2@127.0.0.1:1/x"],
                status: 1),
            Failure(name: "argument", words: ["plan", "-phunter2"], status: 64),
            Failure(name: "bare argument", words: ["plan", "hunter2"], status: 64),
            Failure(name: "option", words: ["plan", "--password=hunter2"], status: 64),
            Failure(
                name: "statement", words: ["validate", "--working-tree"], status: 1,
                schema: "CREATE USER a IDENTIFIED BY 'hunter2';\n"),
            Failure(
                name: "import",
                words: ["import", "--host", "a:hunter2@db-0", "--database", "x"], status: 64),
        ])
    func secrets(failure: Failure) throws {
        for format in [nil, "json", "sarif", "junit", "html", "markdown"] {
            let isListed = failure.words.first == "validate" || failure.words.first == "doctor"
            if isListed, let format, ["sarif", "junit", "html"].contains(format) { continue }
            let run = try failure.run(format)
            #expect(!run.stdout.contains("hunter2") && !run.stderr.contains("hunter2"), "\(run)")
        }
    }
}
