import Foundation
import TestSupport
import Testing

/// Commands that ask a daemon: what they send, and what they make of its answer. No repository, no
/// ledger and no server of databases is there.
@Suite("Commands with --server")
struct RemoteDaemonTests {
    private let server: AnsweringServer
    private let folder: TemporaryFolder

    init() throws {
        server = try AnsweringServer()
        folder = try TemporaryFolder()
        try server.answer(.init(200, ["Plumb-Exit": "0"], "well\n"))
    }

    private func run(
        _ words: [String], _ variables: [String: String] = [:], asks: Bool = true
    ) throws -> Run {
        let words = asks ? words + ["--server", server.url()] : words
        let clean = ["PLUMB_SERVER": "", "NO_COLOR": "1"]
        return Run(
            words,
            try Shell.run(
                PlumbProgram.path, words, environment: clean.merging(variables) { $1 },
                folder: folder.path))
    }

    private static let questions: [(words: [String], question: String, body: String)] = [
        (["status"], "GET /-/status?width=100", ""),
        (["status", "--shards"], "GET /-/status?shards=true&width=100", ""),
        (["status", "a/b"], "GET /-/rollouts/a%2Fb?width=100", ""),
        (["status", "--environment", "pre prod"], "GET /pre%20prod/status?width=100", ""),
        (["plan", "--output", "json"], "GET /-/plan", ""),
        (["plan", "--output", "markdown", "--max-bytes", "900"], "GET /-/plan?maxBytes=900", ""),
        (["drift", "--output", "sarif"], "GET /-/drift", ""),
        (
            ["log", "--limit", "7", "--search", "a&b"], "GET /-/log?limit=7&search=a%26b&width=100",
            ""
        ),
        (["show", "app/s0"], "GET /-/records?name=app%2Fs0&width=100", ""),
        (["workers"], "GET /-/workers?width=100", ""),
        (["windows", "--at", "2026-11-20"], "GET /-/windows?at=2026-11-20&width=100", ""),
        (
            ["stop", "--reason", "so \"it\" is"], "POST /-/rollouts/-/stop?width=100",
            #"{"reason":"so \"it\" is"}"#
        ),
        (
            ["start", "abc", "--reason", "x"], "POST /-/rollouts/abc/start?width=100",
            #"{"reason":"x"}"#
        ),
        (["release", "--reason", "x"], "POST /-/rollouts/-/release?width=100", #"{"reason":"x"}"#),
        (
            ["throttle", "--at-once", "2", "--reason", "x"],
            "POST /-/rollouts/-/throttle?width=100", #"{"atOnce":2,"reason":"x"}"#
        ),
        (
            ["throttle", "--off", "--reason", "x"], "POST /-/rollouts/-/throttle?width=100",
            #"{"off":true,"reason":"x"}"#
        ),
        (
            ["cutover", "--shard", "s0", "--shard", "s1", "--reason", "x"],
            "POST /-/rollouts/-/cutover?width=100", #"{"reason":"x","shard":["s0","s1"]}"#
        ),
        (
            ["retry", "--finalizer", "app", "--reason", "x"], "POST /-/rollouts/-/retry?width=100",
            #"{"finalizer":"app","reason":"x"}"#
        ),
        (
            ["rollback", "abc", "--reason", "x"], "POST /-/rollouts/abc/rollback?width=100",
            #"{"reason":"x"}"#
        ),
        (
            ["rollback", "--end", "--reason", "x"], "POST /-/rollbacks/-/end?width=100",
            #"{"reason":"x"}"#
        ),
        (
            ["suspend", "app/s1", "--for", "4h", "--reason", "x"], "POST /-/suspend?width=100",
            #"{"for":"4h","reason":"x","target":"app/s1"}"#
        ),
        (
            ["resume", "app", "--reason", "x"], "POST /-/resume?width=100",
            #"{"reason":"x","target":"app"}"#
        ),
        (
            ["unlock", "app/s1", "--reason", "x"], "POST /-/unlock?width=100",
            #"{"reason":"x","target":"app/s1"}"#
        ),
        (
            ["unlock", "--rollout", "abc", "--reason", "x"],
            "POST /-/rollouts/abc/unlock?width=100", #"{"reason":"x"}"#
        ),
        (
            ["approve", "abcd", "ef01", "--expires", "1d", "--reason", "x"],
            "POST /-/approve?width=100", #"{"digest":["abcd","ef01"],"expires":"1d","reason":"x"}"#
        ),
        (
            ["deny", "--all", "--reason", "x"], "POST /-/deny?width=100",
            #"{"all":true,"reason":"x"}"#
        ),
    ]

    @Test("each command asks its endpoint, with what its options say")
    func asked() throws {
        for (words, question, body) in Self.questions {
            let run = try run(words)
            #expect(run.status == 0 && run.stdout == "well\n" && run.stderr == "", "\(run)")
            let asked = try #require(try server.questions.last)
            let path = asked.path.replacingOccurrences(of: "/api/v1/environments", with: "")
            #expect("\(asked.method) \(path)" == question, "\(words)")
            #expect(asked.body == body, "\(words)")
        }
        let accepted = try server.questions.compactMap { $0.headers["accept"] }
        #expect(
            Set(accepted) == [
                "text/plain", "application/json", "text/markdown", "application/sarif+json",
            ])
        #expect(accepted.count == Self.questions.count)
    }

    @Test("the exit status is the daemon's, and what it says beside is said beside")
    func status() throws {
        try server.answer(
            .init(200, ["Plumb-Exit": "3", "Plumb-Note": "at%20a%2Fb"], "held \u{1B}[2J\n"))
        let run = try run(["show", "abcd"])
        #expect(run.status == 3 && run.stderr == "at a/b\n", "\(run)")
        // Nor does it control the terminal.
        #expect(run.stdout == "held \\u{1b}[2J\n")
    }

    @Test("an error is told as if it were the command's own, as a text and as a document")
    func errors() throws {
        let document = """
            {"exit":5,"kind":"error","outcome":"refused","problems":[{"code":null,"location":\
            {"column":2,"file":"plumb.yaml","line":7},"message":"not now","remedy":"wait"}],\
            "summary":"not now; wait","version":1}
            """
        try server.answer(.init(409, ["Plumb-Exit": "5"], document))
        let text = try run(["stop", "--reason", "x"])
        #expect(text.status == 5 && text.stdout == "")
        #expect(text.says("error: plumb.yaml:7:2: not now", "wait", "exit 5"), "\(text)")
        let json = try run(["stop", "--reason", "x", "--output", "json"])
        #expect(json.status == 5)
        #expect(try json.list("problems").first?["message"] as? String == "not now")
        #expect(try json.list("problems").first?["remedy"] as? String == "wait")
    }

    @Test(
        "what is no answer of a daemon is an error",
        arguments: [
            (AnsweringServer.Answer(200, [:], "<html>"), "is no plumb daemon"),
            (.init(200, ["Plumb-Exit": "99"], ""), "is no plumb daemon"),
            (.init(502, [:], "<html>"), "answers with status 502"),
            (.init(302, ["Location": "http://127.0.0.1:1/"], ""), "leads to another address"),
            (.init(400, [:], #"{"problems":[],"exit":64}"#), "answers with status 400"),
        ])
    func strange(answer: AnsweringServer.Answer, words: String) throws {
        try server.answer(answer)
        let run = try run(["status"])
        #expect(run.status == 1 && run.stdout == "" && run.says(words, "--listen"), "\(run)")
    }

    @Test(
        "options that mean nothing to a daemon are refused before it is asked",
        arguments: [
            ["status", "--ledger", "file:x"], ["status", "--source", "."], ["plan", "--heal"],
            ["plan", "--working-tree"], ["log", "--ref", "main"], ["drift", "--shard", "s0"],
            ["plan", "--namespace", "app"], ["stop", "--base", "main", "--reason", "x"],
            ["stop", "--operator", "x", "--reason", "x"], ["status", "--shard", "x"],
            ["approve", "--all", "--sign", "key", "--reason", "x"],
        ])
    func ledgerOnly(words: [String]) throws {
        let run = try run(words)
        #expect(run.status == 64 && run.says("means nothing to a daemon"), "\(run)")
        #expect(try server.questions.isEmpty)
    }

    @Test("what cannot be understood is said as without a daemon, and not sent")
    func usage() throws {
        for words in [["stop"], ["suspend", "a/b/c", "--reason", "x"], ["log", "--limit", "no"]] {
            let (with, without) = (try run(words), try run(words, asks: false))
            #expect(with.status == 64 && with.stderr == without.stderr, "\(with)\n\(without)")
        }
        #expect(try server.questions.isEmpty)
    }

    @Test("the daemon and the token come from the environment, the token never from the line")
    func variables() throws {
        _ = try run(["status"])
        #expect(try server.questions.last?.headers["authorization"] == nil)
        try folder.write("from-file\nsecond line\n", to: "token")
        let named = ["PLUMB_SERVER": server.url(), "PLUMB_TOKEN_FILE": folder.path + "/token"]
        #expect(try run(["status"], named, asks: false).status == 0)
        #expect(try server.questions.last?.headers["authorization"] == "Bearer from-file")
        _ = try run(["status"], named.merging(["PLUMB_TOKEN": "direct"]) { $1 })
        #expect(try server.questions.last?.headers["authorization"] == "Bearer direct")
        let gone = try run(["status"], ["PLUMB_TOKEN_FILE": folder.path + "/gone"])
        #expect(gone.status == 78 && gone.says("PLUMB_TOKEN_FILE", "cannot be read"), "\(gone)")
        #expect(try run(["status", "--token", "x"]).status == 64)
    }
}
