import Foundation
import TestSupport
import Testing

@testable import Git

/// Serialized, since libgit2 has one set of certificate authorities for the whole process.
@Suite("Over https, the token is shown to a trusted server only", .serialized)
struct HTTPSTests {
    private func update(
        _ sample: SampleRepository, _ server: HTTPSServer, token: String? = HTTPSServer.token,
        authority: String? = nil
    ) throws -> Mirror.State {
        let file = sample.folder + "/token"
        try Data((token ?? "").utf8).write(to: URL(fileURLWithPath: file))
        return try sample.mirror(
            server.url(sample.work),
            SourceCredentials(
                token: token.map { _ in .file(file) },
                certificateAuthorityFile: authority ?? server.authority))
    }

    @Test func fetchesWithTheToken() throws {
        let (sample, server) = (try SampleRepository(), try HTTPSServer())
        let first = try sample.commit("First")
        let state = try update(sample, server)
        #expect(try state.repository.resolve("main").id.hex == first)
        #expect(try state.repository.headReference() == "refs/heads/main")
        let second = try sample.commit("Second")
        #expect(try update(sample, server).repository.resolve("main").id.hex == second)
        let configuration = try String(
            contentsOfFile: sample.folder + "/mirror/config", encoding: .utf8)
        #expect(!configuration.contains(HTTPSServer.token))
    }

    @Test func givesUpWhenTheTokenIsRefused() throws {
        let (sample, server) = (try SampleRepository(), try HTTPSServer())
        try sample.commit("First")
        let wrong = gitError { _ = try update(sample, server, token: "wrong-word") }
        #expect(wrong?.code == .authentication, "\(wrong?.message ?? "")")
        #expect(wrong?.message.contains("refused the token in file \(sample.folder)") == true)
        #expect(wrong?.message.contains("wrong-word") == false)
        let none = gitError { _ = try update(sample, server, token: nil) }
        #expect(none?.code == .authentication)
        #expect(none?.message.contains("none is configured") == true)
        let empty = gitError { _ = try update(sample, server, token: "") }
        #expect(empty?.message.contains("no secret in file") == true)
    }

    @Test func refusesAServerThatNobodyVouchesFor() throws {
        let (sample, server) = (try SampleRepository(), try HTTPSServer())
        try sample.commit("First")
        let other = try HTTPSServer()
        let error = gitError { _ = try update(sample, server, authority: other.authority) }
        #expect(error?.code == .certificate, "\(error?.message ?? "")")
        #expect(error?.message.contains("localhost is not trusted") == true)
        #expect(throws: GitError.self) { try update(sample, server, authority: "/nonexistent") }
        _ = try update(sample, server)
    }

    @Test func withoutAnAuthorityTheSystemsAreTrusted() throws {
        let (sample, server) = (try SampleRepository(), try HTTPSServer())
        try sample.commit("First")
        _ = try update(sample, server)
        let error = gitError {
            _ = try sample.mirror(server.url(sample.work), in: "new")
        }
        #expect(error?.code == .certificate, "\(error?.message ?? "accepted")")
    }
}
