import Foundation
import TestSupport
import Testing

/// The tutorial and the guides: each command does what the document says, and prints it.
@Suite struct GuideTests {
    /// Where the server of the documents listens.
    private static let port = "3399"

    @Test(arguments: ["tutorial", "from-skeema", "from-gh-ost", "from-migrations"])
    func itDoesWhatItSays(_ name: String) throws {
        let text = try String(
            contentsOfFile: "\(Pipeline.root)/docs/\(name).md", encoding: .utf8)
        let document = CommandDocument(text)
        #expect(document.commands.count > 4)
        let server = try TestServer.start(listensOnTCP: true)
        guard case .tcp(_, let port) = try #require(server.tcpAddress) else { return }
        let folder = try TemporaryFolder()
        let outcomes = try document.run(in: folder.path, replacing: [Self.port: "\(port)"])
        #expect(outcomes.count == document.commands.count, "the shell ended before its time")
        for outcome in outcomes {
            let command = outcome.command
            #expect(
                outcome.status == command.status,
                "\(name): \(command.text): status \(outcome.status)\n\(outcome.output)")
            guard let said = command.prints else { continue }
            let output = outcome.output.replacingOccurrences(of: "\(port)", with: Self.port)
            #expect(
                CommandDocument.matches(output, said),
                "\(name): \(command.text) prints\n\(output)and not\n\(said)")
        }
    }

    @Test(arguments: [
        ("a b\nc", "a\n…\nc", true), ("a b c", "a c", false), ("a 1234567 b", "a abcdef0 b", true),
        ("x", "…", true), ("a b a", "a … b", false), ("a", "b", false),
        ("at 2026-01-02T03:04:05Z", "at 2025-09-09T00:00:00Z", true),
    ])
    func whatIsSaidIsCompared(_ output: String, _ said: String, _ matches: Bool) {
        #expect(CommandDocument.matches(output, said) == matches)
    }
}
