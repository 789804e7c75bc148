import Foundation
import TestSupport
import Testing

/// A daemon that answers over HTTP, and a client that asks it.
final class DaemonOverHTTP {
    /// The secrets of tokens, by what they allow; each is `ROLE@example.com`.
    static let secrets = [
        "read": "read-0123456789abcdef01234567", "operate": "operate-0123456789abcdef01234567",
        "approve": "approve-0123456789abcdef01234567",
    ]

    let fleet: FleetFixture
    let program: RunningPlumb
    let port: UInt16
    var tokens: String { fleet.folder.path + "/tokens" }

    struct Reply {
        let status: Int
        let headers: String
        let text: String

        /// The members of the answer.
        var json: [String: Any] {
            let data = Data(text.utf8)
            return (try? JSONSerialization.jsonObject(with: data) as? [String: Any]) ?? [:]
        }
        var rows: [[String: Any]] { json["rows"] as? [[String: Any]] ?? [] }
    }

    /// - Parameter listening: the port; 0 for one that is free.
    init(
        _ fleet: FleetFixture, interval: String = "1h", listening: UInt16 = 0,
        more: [String] = []
    ) throws {
        self.fleet = fleet
        try Self.write(Self.secrets, for: fleet)
        program = try fleet.start(
            [
                "daemon", "--interval", interval, "--listen", "\(listening)", "--tokens",
                fleet.folder.path + "/tokens",
            ] + more)
        try program.says(#""event":"listening""#)
        let line = program.stderr.split(separator: "\n").first { $0.contains("listening") }
        let port = try #require(line?.firstMatch(of: /"port":"(\d+)"/)?.1)
        self.port = try #require(UInt16(port))
    }

    /// Has the fleet converge, and then a table retired from git: its drop waits for approval.
    static func leaveADropWaiting(in fleet: FleetFixture) throws {
        try fleet.write("schema/app/log.sql", "CREATE TABLE log (id int NOT NULL PRIMARY KEY);\n")
        try fleet.commitFiles("A log")
        try fleet.expect(0, "reconcile")
        fleet.file.namespace = ["retire: [log]"]
        try fleet.remove("schema/app/log.sql")
        try fleet.commit("Retire the log")
    }

    static func write(_ secrets: [String: String], for fleet: FleetFixture) throws {
        let path = fleet.folder.path + "/tokens"
        let lines = secrets.map { "\($0)@example.com \($0) \($1)\n" }.joined()
        try fleet.folder.write(lines, to: "tokens")
        chmod(path, 0o600)
    }

    /// Asks below `/api/v1/environments/-`, or anywhere with a path that begins with two slashes.
    func ask(
        _ path: String, _ body: String? = nil, may role: String = "approve",
        accept: String = "application/json", type: String = "application/json"
    ) throws -> Reply {
        let client = try LoopbackClient(port: port)
        let whole =
            path.hasPrefix("//") ? String(path.dropFirst()) : "/api/v1/environments/-" + path
        let content = body.map {
            "Content-Type: \(type)\r\nContent-Length: \($0.utf8.count)\r\n"
        }
        client.send(
            "\(body == nil ? "GET" : "POST") \(whole) HTTP/1.1\r\nHost: localhost\r\n"
                + "Authorization: Bearer \(Self.secrets[role] ?? role)\r\nAccept: \(accept)\r\n"
                + "Connection: close\r\n\(content ?? "")\r\n\(body ?? "")")
        let reply = try client.rest()
        let parts = reply.components(separatedBy: "\r\n\r\n")
        let status = try #require(reply.firstMatch(of: /^HTTP\/1\.1 (\d+)/)?.1)
        return Reply(
            status: try #require(Int(status)), headers: parts[0],
            text: parts.dropFirst().joined(separator: "\r\n\r\n"))
    }

    /// Waits until an answer is as wanted.
    func waits(for what: String, at path: String, _ isThere: (Reply) -> Bool) throws {
        try program.reaches(what) { isThere(try ask(path)) }
    }
}
