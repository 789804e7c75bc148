import Basics
import Desired
import Foundation
import TestSupport
import Testing

@testable import Notifications

@Suite("Messages are brought") struct CourierTests {
    private let folder: TemporaryFolder
    private let now = Timestamp(secondsSince1970: 1_800_000_000)

    init() throws { folder = try TemporaryFolder() }

    private func secretFile(_ text: String, _ name: String, mode: mode_t = 0o600) throws -> String {
        let path = try folder.write(text, to: name)
        chmod(path, mode)
        return path
    }

    private func message() -> Message {
        Message(
            .driftFound, of: "production", at: now, key: ["a"], text: "1 shard of app has drifted")
    }

    private func courier(
        _ url: String, secret: NotificationTarget.Place? = nil, authority: String? = nil,
        variables: [String: String] = [:]
    ) -> Courier {
        Courier(
            NotificationTarget(
                name: "chat", url: .written(url), secret: secret, authorityFile: authority),
            variables: variables)
    }

    @Test func aMessageIsSignedAndNamesItself() throws {
        let server = try AnsweringServer()
        try server.answer(.init(204))
        let secret = "secret-0123456789abcdef"
        let path = try secretFile(secret + "\n", "secret")
        let message = message()
        try courier(server.url() + "/hook/?a=b&c", secret: .file(path)).send(message, at: now)
        let asked = try #require(try server.questions.first)
        #expect(asked.method == "POST" && asked.path == "/hook/?a=b&c")
        #expect(asked.headers["content-type"] == "application/json")
        #expect(asked.headers["plumb-delivery"] == message.id)
        #expect(asked.headers["plumb-event"] == "drift-found")
        #expect(asked.body == message.body(.json))
        let signed = try Shell.run(
            "openssl", ["dgst", "-sha256", "-hmac", secret], input: "1800000000.\(asked.body)")
        let code = try #require(signed.stdout.split(separator: " ").last)
        #expect(
            asked.headers["plumb-signature"]
                == "t=1800000000,v1=" + code.trimmingCharacters(in: .newlines))
    }

    @Test(
        "attack: neither the URL nor the secret stands in an error",
        arguments: [301, 302, 307, 400, 404, 410, 429, 500, 503])
    func otherAnswersAreFailures(_ status: Int) throws {
        let (server, other) = (try AnsweringServer(), try AnsweringServer())
        try server.answer(.init(status, ["Location": other.url() + "/taken"], "hunter2"))
        try other.answer(.init())
        let error = try failure { try courier(server.url() + "/hunter2").send(message(), at: now) }
        #expect(error == "notifications: `chat` answers with status \(status)")
        #expect(try other.questions.isEmpty)
    }

    private func failure(_ body: () throws -> Void) throws -> String {
        do {
            try body()
        } catch {
            return "\(error)"
        }
        throw TestSupportError("it did not fail")
    }

    @Test("attack: who is not reached, or proves nothing, is not named by address")
    func whoIsNotReachedIsNotNamed() throws {
        let port = try LoopbackPort.free()
        let certificates = try Certificates()
        let server = try AnsweringServer(
            certificates.make("server", for: "DNS:localhost,IP:127.0.0.1"))
        try server.answer(.init())
        for url in [
            "http://127.0.0.1:\(port)/hunter2", server.url("localhost") + "/hunter2",
            "https://hunter2.invalid/",
        ] {
            let error = try failure { try courier(url).send(message(), at: now) }
            #expect(error.hasPrefix("notifications: `chat`: "), "\(error)")
            #expect(!error.contains("hunter2") && !error.contains("localhost"), "\(error)")
        }
        #expect(try server.questions.isEmpty)
        try courier(server.url("localhost"), authority: certificates.authority)
            .send(message(), at: now)
        #expect(try server.questions.count == 1)
    }

    @Test(arguments: [
        ("http://hooks.example.com/x", "in clear to another machine"),
        ("https://ada:hunter2@hooks.example.com/", "its URL is none"),
        ("https://", "its URL is none"), ("hunter2", "its URL is none"),
        ("https://a/b c", "its URL is none"), ("https://a/\r\nX: y", "its URL is none"),
        ("https://a/#b", "its URL is none"),
    ])
    func urlsThatAreOfNoUseAreSaid(_ url: String, _ fault: String) throws {
        let error = try failure { try courier(url).check() }
        #expect(error.contains(fault) && !error.contains("hunter2"), "\(error)")
    }

    @Test func secretsAreReadWhenTheyAreNeeded() throws {
        let open = try secretFile("https://a/", "open", mode: 0o640)
        let empty = try secretFile("\n\n", "empty")
        let short = try secretFile("short", "short")
        let url = NotificationTarget.Place.written("https://a/")
        let cases: [(NotificationTarget.Place, NotificationTarget.Place?, String)] = [
            (.file(open), nil, "others than its owner may read or write"),
            (.file(empty), nil, "cannot be read, or is empty"),
            (.file("/nonexistent"), nil, "cannot be read, or is empty"),
            (.environment("UNSET"), nil, "the environment variable UNSET is not set"),
            (url, .environment("UNSET"), "the environment variable UNSET is not set"),
            (url, .file(short), "its secret is shorter than 16 letters"),
        ]
        for (place, secret, fault) in cases {
            let courier = Courier(
                NotificationTarget(name: "chat", url: place, secret: secret), variables: [:])
            let error = try failure { try courier.check() }
            #expect(error.contains(fault), "\(error)")
        }
        let good = Courier(
            NotificationTarget(
                name: "chat", url: .environment("URL"), secret: .environment("SECRET")),
            variables: ["URL": "https://a/", "SECRET": "secret-0123456789abcdef"])
        #expect(throws: Never.self) { try good.check() }
    }
}
