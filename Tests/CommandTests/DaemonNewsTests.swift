import Foundation
import TestSupport
import Testing

@Suite("A daemon tells others what happens") struct DaemonNewsTests {
    private let fleet: FleetFixture
    private let server: AnsweringServer
    private static let url = "hunter2-in-the-url"

    init() throws {
        fleet = try FleetFixture(shards: 2)
        server = try AnsweringServer()
        try server.answer(.init())
        try fleet.expect(0, "reconcile")
    }

    private func start(_ more: String...) throws -> RunningPlumb {
        let text = """
            version: 1
            hosts: ["\(fleet.server.address)"]
            environments:
              production:
                - connection: {user: root, tls: {mode: disabled}}
            approvals: {identity: declared}
            notifications:
              - {name: chat, url_env: CHAT_URL, secret_env: CHAT_SECRET}

            """
        try fleet.folder.write(text, to: "operator.yaml")
        fleet.setEnvironment("CHAT_URL", server.url() + "/" + Self.url)
        fleet.setEnvironment("CHAT_SECRET", "hunter2-in-the-secret")
        return try fleet.start(
            ["daemon", "--interval", "1s", "--operator", "../operator.yaml"] + more)
    }

    private func told() throws -> [String] {
        try server.questions.map { question in
            let body = try JSONSerialization.jsonObject(with: Data(question.body.utf8))
            let message = try #require(body as? [String: Any])
            let shards = message["shards"] as? [String] ?? []
            return ([message["event"] as? String ?? ""] + shards).joined(separator: " ")
        }
    }

    @Test func driftIsToldOnceWhoeverRestarts() throws {
        let name = fleet.file.shards[1].name
        try fleet.sql(1, "ALTER TABLE orders ADD COLUMN stray int")
        let first = try start()
        try first.says(#""event":"notified""#)
        // Further passes see the same.
        try first.says(#""event":"pass""#, times: 3)
        first.send(SIGTERM)
        let run = try first.wait()
        #expect(run.status == 0)
        #expect(try told() == ["drift-found \(name)"])
        let second = try start()
        try second.says(#""event":"pass""#, times: 2)
        try fleet.sql(1, "ALTER TABLE orders DROP COLUMN stray")
        try second.says(#""event":"notified""#)
        second.send(SIGTERM)
        _ = try second.wait()
        #expect(try told() == ["drift-found \(name)", "drift-gone \(name)"])
        #expect(try fleet.eventCount("notified") == 2)
        for text in [run.stderr, second.stderr, try fleet.run("log").stdout] {
            #expect(!text.contains("hunter2"), "\(text)")
        }
        #expect(try server.questions.allSatisfy { $0.path == "/" + Self.url })
        #expect(try server.questions.allSatisfy { $0.headers["plumb-signature"] != nil })
        try fleet.expect(0, "store", "verify")
    }

    @Test func rolloutsAreTold() throws {
        let daemon = try start()
        try daemon.says(#""event":"pass""#)
        try fleet.change("orders.sql", StoryTests.withStatus)
        try daemon.says(#""what":"rollout-done""#)
        daemon.send(SIGTERM)
        _ = try daemon.wait()
        #expect(try told() == ["rollout-done"])
    }

    @Test func aTargetThatDoesNotAnswerKeepsNoPassWaiting() throws {
        var silence = AnsweringServer.Answer()
        silence.isSilent = true
        try server.answer(silence)
        try fleet.sql(1, "ALTER TABLE orders ADD COLUMN stray int")
        let daemon = try start()
        try daemon.reaches("a message") { try !server.questions.isEmpty }
        try daemon.says(#""event":"pass""#, times: 4)
        daemon.send(SIGTERM)
        #expect(try daemon.wait().status == 0)
    }

    @Test func aDaemonThatSeesAPartTellsNobody() throws {
        try fleet.sql(1, "ALTER TABLE orders ADD COLUMN stray int")
        let daemon = try start("--shard", fleet.file.shards[0].name)
        try daemon.says("nobody is told")
        try daemon.says(#""event":"pass""#, times: 2)
        daemon.send(SIGTERM)
        _ = try daemon.wait()
        #expect(try server.questions.isEmpty)
    }

    @Test func aURLThatIsOfNoUseIsSaidAtTheStart() throws {
        let daemon = try start()
        daemon.send(SIGTERM)
        _ = try daemon.wait()
        fleet.setEnvironment("CHAT_URL", "http://hooks.example.com/hunter2")
        let run = try fleet.run("daemon", "--operator", "../operator.yaml")
        #expect(run.status != 0 && run.says("in clear to another machine"), "\(run)")
        #expect(!run.says("hunter2"))
    }
}
