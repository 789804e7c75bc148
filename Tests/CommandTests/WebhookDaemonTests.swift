import Foundation
import TestSupport
import Testing

@Suite("A forge says that something was pushed") struct WebhookDaemonTests {
    private static let secret = "forge-0123456789abcdef012345"

    private func daemon() throws -> DaemonOverHTTP {
        let fleet = try FleetFixture(shards: 1)
        // So that the first pass changes nothing, and no second one follows it by itself.
        try fleet.expect(0, "reconcile")
        let path = try fleet.folder.write("our-forge github \(Self.secret)\n", to: "hooks")
        chmod(path, 0o600)
        return try DaemonOverHTTP(fleet, more: ["--webhooks", path])
    }

    /// What a forge sends, signed by another program than this.
    private func delivery(
        _ body: String, secret: String = WebhookDaemonTests.secret, id: String = "1"
    ) throws -> String {
        let signed = try Shell.run("openssl", ["dgst", "-sha256", "-hmac", secret], input: body)
        let code = try #require(signed.stdout.split(whereSeparator: \.isWhitespace).last)
        return "POST /webhook HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "X-GitHub-Event: push\r\nX-GitHub-Delivery: \(id)\r\n"
            + "X-Hub-Signature-256: sha256=\(code)\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private func push(
        _ body: String, to daemon: DaemonOverHTTP, secret: String = WebhookDaemonTests.secret,
        id: String = "1"
    ) throws -> Int {
        let client = try LoopbackClient(port: daemon.port)
        client.send(try delivery(body, secret: secret, id: id))
        return try status(client)
    }

    private func status(_ client: LoopbackClient) throws -> Int {
        let status = try client.rest().firstMatch(of: /^HTTP\/1\.1 (\d+)/)?.1
        return try #require(status.flatMap { Int($0) })
    }

    @Test func aPushIsRolledOutAtOnce() throws {
        let daemon = try daemon()
        try daemon.program.says(#""event":"waiting""#)
        try daemon.fleet.change("orders.sql", StoryTests.withStatus)
        #expect(try push(#"{"ref":"refs/heads/main"}"#, to: daemon) == 202)
        try daemon.program.reaches("the pushed state") {
            try daemon.fleet.table("orders")?.contains("by_status") == true
        }
    }

    @Test func whoeverIsToldOfAPushMakesThePass() throws {
        let daemon = try daemon()
        try daemon.program.says(#""event":"waiting""#)
        // From now on another process makes the passes, and this one leaves them to it.
        let other = try daemon.fleet.start("daemon", "--interval", "1h")
        try other.says(#""event":"pass""#)
        try daemon.fleet.change("orders.sql", StoryTests.withStatus)
        #expect(try push(#"{"ref":"refs/heads/main"}"#, to: daemon) == 202)
        try daemon.program.reaches("the pushed state") {
            try daemon.fleet.table("orders")?.contains("by_status") == true
        }
    }

    @Test("attack: a storm of pushes is put together: far fewer passes than pushes")
    func aStormIsPutTogether() throws {
        let daemon = try daemon()
        try daemon.program.says(#""event":"waiting""#)
        let before = passes(daemon)
        let deliveries = try (0..<100).map { try delivery(#"{"number":\#($0)}"#, id: "\($0)") }
        let clients = try deliveries.map { delivery in
            let client = try LoopbackClient(port: daemon.port)
            client.send(delivery)
            return client
        }
        #expect(try clients.map(status) == Array(repeating: 202, count: 100))
        try daemon.program.reaches("a pass") { passes(daemon) > before }
        daemon.program.send(SIGTERM)
        _ = try daemon.program.wait()
        #expect(passes(daemon) - before < 50)
    }

    private func passes(_ daemon: DaemonOverHTTP) -> Int {
        daemon.program.stderr.components(separatedBy: #""event":"pass""#).count - 1
    }

    @Test("attack: forged, repeated, oversized and malformed deliveries start nothing")
    func badDeliveriesStartNothing() throws {
        let daemon = try daemon()
        try daemon.program.says(#""event":"waiting""#)
        #expect(try push("{}", to: daemon, secret: "guess-0123456789abcdef012345") == 401)
        #expect(try push("", to: daemon) == 401)
        #expect(
            try push(String(repeating: "a", count: 1_100_000), to: daemon) == 413)
        let raw = [
            "GET /webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n": 405,
            "POST /webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}":
                401,
            "POST /webhook/our-forge HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Content-Length: 2\r\n\r\n{}": 401,
        ]
        for (text, status) in raw {
            let client = try LoopbackClient(port: daemon.port)
            client.send(text)
            #expect(try client.rest().hasPrefix("HTTP/1.1 \(status) "), "\(text)")
        }
        #expect(daemon.program.stderr.components(separatedBy: #""event":"waiting""#).count == 2)
        #expect(!daemon.program.stderr.contains(Self.secret))
        // One that is good starts a pass, and only once.
        #expect(try push("malformed {", to: daemon) == 202)
        try daemon.program.says(#""event":"waiting""#, times: 2)
        #expect(try push("malformed {", to: daemon, id: "2") == 409)
        #expect(daemon.program.stderr.components(separatedBy: #""event":"waiting""#).count == 3)
    }

    @Test("attack: a delivery that trickles keeps nobody waiting")
    func slowDeliveriesKeepNobodyWaiting() throws {
        let daemon = try daemon()
        let slow = try (0..<50).map { _ in
            let client = try LoopbackClient(port: daemon.port)
            client.send(
                "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
            return client
        }
        #expect(try push("{}", to: daemon) == 202)
        #expect(slow.allSatisfy { !$0.hasAnswer })
    }

    @Test func settingsThatAreOfNoUseAreSaid() throws {
        let fleet = try FleetFixture(shards: 1)
        let run = try fleet.run("daemon", "--webhooks", "hooks")
        #expect(run.status == 64 && run.says("--webhooks is for a daemon that answers"), "\(run)")
    }
}
