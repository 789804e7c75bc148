import Basics
import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("Over ssh, both sides prove who they are")
struct SSHTests {
    private func update(
        _ sample: SampleRepository, _ server: SSHServer, key: String? = nil,
        passphrase: SourceCredentials.Secret? = nil, knownHosts: String? = nil
    ) throws -> Mirror.State {
        try sample.mirror(
            server.url(sample.work),
            SourceCredentials(
                key: .file(path: key ?? server.key, passphrase: passphrase),
                knownHostsFile: knownHosts ?? server.knownHosts))
    }

    @Test func fetchesFromAServerThatIsKnown() throws {
        let (sample, server) = (try SampleRepository(), try SSHServer())
        let first = try sample.commit("First")
        let state = try update(sample, server)
        #expect(state.failure == nil)
        #expect(try state.repository.resolve("main").id.hex == first)
        #expect(try state.repository.headReference() == "refs/heads/main")
        let second = try sample.commit("Second")
        #expect(try update(sample, server).repository.resolve("main").id.hex == second)
    }

    @Test("attack: an ssh server whose key is not on file gets no login")
    func refusesAServerThatIsNotKnown() throws {
        let (sample, server) = (try SampleRepository(), try SSHServer())
        try sample.commit("First")
        let name = "[127.0.0.1]:\(server.port)"
        let other = try server.publicKey("otherhost")
        let genuine = try server.publicKey("host")
        for text in [
            "", "\(name) \(other)", "127.0.0.1 \(genuine)", "other.example.com \(genuine)",
            try String(contentsOfFile: server.knownHosts, encoding: .utf8)
                .replacingOccurrences(of: name, with: "@revoked \(name)"),
            // One of the server's keys is on file, and it shows another.
            "\(name) \(genuine)",
        ] {
            let file = sample.folder + "/known"
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            let error = gitError { _ = try update(sample, server, knownHosts: file) }
            #expect(error?.code == .certificate, "\(text): \(error?.message ?? "accepted")")
            #expect(
                error?.message.contains(
                    "the ecdsa-sha2-nistp256 key of 127.0.0.1 is not in \(file)") == true,
                "\(error?.message ?? "")")
        }
        let own = gitError {
            _ = try sample.mirror(
                server.url(sample.work),
                SourceCredentials(key: .file(path: server.key, passphrase: nil)))
        }
        #expect(own?.code == .certificate, "\(own?.message ?? "accepted")")
        let missing = gitError { _ = try update(sample, server, knownHosts: "/nonexistent") }
        #expect(missing?.code == .certificate)
        #expect(missing?.message.contains("/nonexistent") == true)
    }

    @Test func givesUpWhenTheKeyIsRefused() throws {
        let (sample, server) = (try SampleRepository(), try SSHServer())
        try sample.commit("First")
        let error = gitError { _ = try update(sample, server, key: server.strangersKey) }
        #expect(error?.code == .authentication)
        #expect(error?.message.contains("refused the key in \(server.strangersKey)") == true)
        let missing = gitError { _ = try update(sample, server, key: "/nonexistent") }
        #expect(missing?.code == .authentication)
        #expect(missing?.message.contains("cannot read the key /nonexistent") == true)
    }

    @Test func unlocksAKeyWithoutTellingThePassphrase() throws {
        let (sample, server) = (try SampleRepository(), try SSHServer())
        try sample.commit("First")
        let secret = sample.folder + "/secret"
        try Data("\(SSHServer.passphrase)\n".utf8).write(to: URL(fileURLWithPath: secret))
        _ = try update(sample, server, key: server.lockedKey, passphrase: .file(secret))
        try Data("wrong-word".utf8).write(to: URL(fileURLWithPath: secret))
        let state = try update(sample, server, key: server.lockedKey, passphrase: .file(secret))
        #expect(state.failure?.code == .authentication, "\(state.failure?.message ?? "")")
        #expect(state.failure?.message.contains("wrong-word") == false)
        let none = try update(
            sample, server, key: server.lockedKey, passphrase: .environment("PLUMB_NO_SUCH"))
        #expect(none.failure?.code == .authentication)
        #expect(none.failure?.message.contains("environment variable PLUMB_NO_SUCH") == true)
    }

    /// The only test that sets the variable: it belongs to the whole process.
    @Test func asksTheAgentForItsKeys() throws {
        let (sample, server) = (try SampleRepository(), try SSHServer())
        let first = try sample.commit("First")
        let agent = try SSHAgent(socket: server.folder + "/agent")
        setenv("SSH_AUTH_SOCK", agent.socket, 1)
        defer { unsetenv("SSH_AUTH_SOCK") }
        func fetch() throws -> Mirror.State {
            try sample.mirror(
                server.url(sample.work),
                SourceCredentials(key: .agent, knownHostsFile: server.knownHosts))
        }
        try agent.add(server.strangersKey)
        let refused = gitError { _ = try fetch() }
        #expect(refused?.code == .authentication)
        #expect(refused?.message.contains("every key of the ssh agent") == true)
        try agent.add(server.key)
        #expect(try fetch().repository.resolve("main").id.hex == first)
    }

    @Test func aServerThatIsGoneIsANetworkFailure() throws {
        let sample = try SampleRepository()
        let error = gitError {
            _ = try sample.mirror("ssh://git@127.0.0.1:\(LoopbackPort.free())/x.git")
        }
        #expect(error?.code == .network, "\(error?.message ?? "")")
    }
}
