import Foundation
import HTTPClient
import TestSupport
import Testing

@Suite("A daemon asked over HTTP")
struct HTTPClientTests {
    private func client(
        _ url: String, token: String? = "secret-4711", authority: String? = nil,
        _ change: (inout HTTPClient.Settings) -> Void = { _ in }
    ) throws -> HTTPClient {
        var settings = HTTPClient.Settings(
            server: try ServerURL(url), token: token, authorityFile: authority)
        change(&settings)
        return try HTTPClient(settings)
    }

    private let status = HTTPClient.Request("/api/v1/status?width=80", accept: "text/plain")

    private func failure(_ body: () throws -> Void) throws -> String {
        let found = caught(HTTPClientError.self, body)
        return try #require(found).description
    }

    @Test("method, path, token, format and body arrive, and so does the answer")
    func bothWays() throws {
        let server = try AnsweringServer()
        try server.answer(.init(409, ["Plumb-Exit": "5", "X-Two": "a: b"], "größer\n"))
        let client = try client(server.url())
        let answer = try client.send(status)
        #expect(answer.status == 409)
        #expect(answer.body == "größer\n")
        #expect(answer.headers["plumb-exit"] == "5")
        #expect(answer.headers["x-two"] == "a: b")
        // Larger than what libcurl asks a leave for.
        let body = #"{"reason":"\#(String(repeating: "ü", count: 100_000))"}"#
        _ = try client.send(.init("/api/v1/stop", accept: "application/json", body: body))
        let asked = try server.questions
        try #require(asked.count == 2)
        #expect(asked[0].method == "GET" && asked[0].path == "/api/v1/status?width=80")
        #expect(asked[0].headers["authorization"] == "Bearer secret-4711")
        #expect(asked[0].headers["accept"] == "text/plain")
        #expect(asked[0].body == "")
        #expect(asked[1].method == "POST" && asked[1].body == body)
        #expect(asked[1].headers["content-type"] == "application/json")
        #expect(asked[1].headers["expect"] == nil)
    }

    @Test("attack: a server that cannot prove its name learns nothing")
    func stranger() throws {
        let certificates = try Certificates()
        let ours = try certificates.make("server", for: "DNS:localhost,IP:127.0.0.1")
        let other = try certificates.make("elsewhere", for: "DNS:plumb.example.com")
        let server = try AnsweringServer(ours)
        let elsewhere = try AnsweringServer(other)
        for server in [server, elsewhere] { try server.answer(.init(200, [:], "well")) }
        let authority = certificates.authority
        let answer = try client(server.url("localhost"), authority: authority).send(status)
        #expect(answer.body == "well")
        for (url, file) in [
            (server.url("localhost"), nil), (server.url("localhost"), certificates.otherAuthority),
            (elsewhere.url("localhost"), authority),
        ] {
            let text = try failure { _ = try client(url, authority: file).send(status) }
            #expect(text.contains("does not prove who it is"), "\(text)")
            #expect(text.contains("PLUMB_SERVER_CA_FILE"))
        }
        #expect(try server.questions.count == 1)
        #expect(try elsewhere.questions.isEmpty)
        let text = try failure {
            _ = try client(server.url(), authority: "/nonexistent.pem").send(status)
        }
        #expect(text.contains("PLUMB_SERVER_CA_FILE cannot be read"), "\(text)")
    }

    @Test("attack: a redirect does not get the token")
    func redirect() throws {
        let (server, other) = (try AnsweringServer(), try AnsweringServer())
        try server.answer(.init(302, ["Location": other.url() + "/taken"]))
        try other.answer(.init())
        #expect(try client(server.url()).send(status).status == 302)
        #expect(try other.questions.isEmpty)
    }

    @Test(
        "attack: a token is not sent in clear to another machine",
        arguments: [
            "http://plumb.example.com", "http://10.0.0.1:8080", "http://127.0.0.1.example.com",
            "http://localhost.example.com", "http://[2001:db8::1]:80",
        ])
    func clear(url: String) throws {
        let text = try failure { _ = try client(url) }
        #expect(text.contains("not sent in clear"), "\(text)")
        #expect(!text.contains("4711"))
        _ = try client(url, token: nil)
    }

    @Test("attack: a proxy of the environment does not get what stays on this machine")
    func proxy() throws {
        let (server, other) = (try AnsweringServer(), try AnsweringServer())
        for one in [server, other] { try one.answer(.init(200, [:], "well")) }
        setenv("http_proxy", other.url(), 1)
        defer { unsetenv("http_proxy") }
        #expect(try client(server.url()).send(status).body == "well")
        #expect(try other.questions.isEmpty)
        #expect(try server.questions.count == 1)
    }

    @Test("attack: an answer without an end, and one that never comes")
    func bounds() throws {
        let server = try AnsweringServer()
        var answer = AnsweringServer.Answer(200, [:], String(repeating: "x", count: 1_000))
        answer.repeats = 100
        try server.answer(answer)
        #expect(try client(server.url()).send(status).body.count == 100_000)
        let long = try failure {
            _ = try client(server.url()) { $0.mostBytes = 99_999 }.send(status)
        }
        #expect(long.contains("more than 99999 bytes"), "\(long)")
        answer.isSilent = true
        try server.answer(answer)
        let late = try failure {
            _ = try client(server.url()) { $0.answerSeconds = 1 }.send(status)
        }
        #expect(late.contains("does not answer in time"), "\(late)")
    }

    @Test("a server that is not there, and an answer that is no text")
    func noAnswer() throws {
        let port = try LoopbackPort.free()
        let gone = try failure { _ = try client("http://127.0.0.1:\(port)").send(status) }
        #expect(gone.contains("is not reached"), "\(gone)")
        #expect(gone.contains("--listen"))
    }

    @Test("attack: a token with a line break adds no header", arguments: ["a\r\nX: y", "a b", "ä"])
    func brokenToken(token: String) throws {
        let text = try failure { _ = try client("http://127.0.0.1:1", token: token) }
        #expect(text.contains("has characters that no token has"), "\(text)")
    }

    @Test(
        "what is no address of a server is refused, and not repeated",
        arguments: [
            "plumb.example.com", "ftp://plumb", "file:///etc/passwd", "https://",
            "https://ada:secret@plumb", "https://plumb/?token=secret", "https://plumb/#secret", "",
        ])
    func address(text: String) throws {
        let said = try failure { _ = try ServerURL(text) }
        #expect(said.contains("write it like https://"))
        #expect(!said.contains("secret"))
    }

    @Test("a path before the interface stays, without a slash too many")
    func path() throws {
        #expect(try ServerURL("https://plumb/behind/").description == "https://plumb/behind")
        let server = try AnsweringServer()
        try server.answer(.init())
        _ = try client(server.url() + "/behind/").send(status)
        #expect(try server.questions.first?.path == "/behind/api/v1/status?width=80")
    }
}
