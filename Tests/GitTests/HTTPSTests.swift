import Basics
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

    // MARK: Attacks

    private func attempt(
        _ sample: SampleRepository, _ url: String, _ authority: String
    ) throws -> GitError? {
        let file = sample.folder + "/token"
        try Data(HTTPSServer.token.utf8).write(to: URL(fileURLWithPath: file))
        return gitError {
            _ = try sample.mirror(
                url, SourceCredentials(token: .file(file), certificateAuthorityFile: authority),
                in: "mirror-\(UUID())")
        }
    }

    @Test("attack: an https server that does not prove who it is gets no request")
    func foreignCertificates() throws {
        let (sample, authority) = (try SampleRepository(), try Certificates())
        for pair in [
            try authority.make("stranger", for: "DNS:localhost", by: .stranger),
            try authority.make("expired", for: "DNS:localhost", days: -1),
            try authority.make("other", for: "DNS:git.example"),
            try authority.make("address", for: "DNS:localhost.example,IP:127.0.0.2"),
        ] {
            let rogue = try RogueHTTPSServer([pair])
            let error = try attempt(sample, rogue.url("/x.git"), authority.authority)
            #expect(error?.code == .certificate, "\(pair): \(error?.message ?? "accepted")")
            #expect(try rogue.requests().isEmpty, "\(pair)")
        }
    }

    @Test("attack: a server that is another one at the second connection gets no token")
    func changedCertificate() throws {
        let (sample, authority) = (try SampleRepository(), try Certificates())
        let rogue = try RogueHTTPSServer([
            try authority.make("ours", for: "DNS:localhost"),
            try authority.make("stranger", for: "DNS:localhost", by: .stranger),
        ])
        let error = try attempt(sample, rogue.url("/x.git"), authority.authority)
        #expect(error?.code == .certificate, "\(error?.message ?? "accepted")")
        let requests = try rogue.requests()
        #expect(requests.map(\.connection) == [0])
        #expect(requests.allSatisfy { $0.authorization == nil })
    }

    @Test(
        "attack: a redirect carries the token to nobody else",
        arguments: [false, true], ["localhost", "127.0.0.1"])
    func redirected(asksFirst: Bool, host: String) throws {
        let (sample, authority) = (try SampleRepository(), try Certificates())
        let pair = try authority.make("ours", for: "DNS:localhost,IP:127.0.0.1")
        let target = try RogueHTTPSServer([pair])
        let source = try RogueHTTPSServer(
            [pair], redirect: target.url("", host: host), asksFirst: asksFirst)
        let error = try attempt(sample, source.url("/x.git"), authority.authority)
        #expect(error != nil)
        #expect(error?.message.contains(HTTPSServer.token) == false)
        #expect(try target.requests().allSatisfy { $0.authorization == nil })
        if host == "127.0.0.1" { #expect(try target.requests().isEmpty) }
        #expect(try source.requests().contains { $0.authorization != nil } == asksFirst)
        #expect(error?.message.contains("redirect") == true, "\(error?.message ?? "")")
    }

    @Test func aRedirectOnTheSameServerIsFollowed() throws {
        let (sample, authority) = (try SampleRepository(), try Certificates())
        let rogue = try RogueHTTPSServer(
            [try authority.make("ours", for: "DNS:localhost")], redirect: "/new")
        let error = try attempt(sample, rogue.url("/x.git"), authority.authority)
        #expect(error?.code == .authentication, "\(error?.message ?? "")")
        let moved = try rogue.requests().filter { $0.path.hasPrefix("/new/x.git/") }
        #expect(moved.contains { $0.authorization != nil })
    }

    @Test("attack: no setting of a repository leads the token elsewhere")
    func hostileConfiguration() throws {
        let (sample, server) = (try SampleRepository(), try HTTPSServer())
        let first = try sample.commit("First")
        _ = try update(sample, server)
        let authority = try Certificates()
        let rogue = try RogueHTTPSServer([try authority.make("ours", for: "DNS:localhost")])
        let file = sample.folder + "/mirror/config"
        let hostile = """
            [url "\(rogue.url("/"))"]
            \tinsteadOf = https://localhost:\(server.port)/
            [http]
            \tproxy = http://127.0.0.1:\(rogue.port)
            \tsslVerify = false
            \tfollowRedirects = true
            [remote "origin"]
            \tproxy = http://127.0.0.1:\(rogue.port)
            \tpushurl = \(rogue.url("/x.git"))
            [core]
            \tgitProxy = /bin/false
            \tsshCommand = /bin/false
            [credential]
            \thelper = !echo

            """
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try Data((text + hostile).utf8).write(to: URL(fileURLWithPath: file))
        let second = try sample.commit("Second")
        #expect(second != first)
        let state = try update(sample, server)
        #expect(state.failure == nil, "\(state.failure?.message ?? "")")
        #expect(try state.repository.resolve("main").id.hex == second)
        #expect(try rogue.requests().isEmpty)
    }
}
