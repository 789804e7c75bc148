import Foundation
import MySQLClient
import MySQLStore
import Schema
import Store

/// Measures what the signs of life of many processes cost the server of a ledger in a database.
struct HeartbeatBench {
    let server: ServerAddress

    private static let processes = 50
    private static let leasesOfEach = 40
    /// Of the server's counters over this time; signs of life come every five seconds.
    private static let seconds = 20.0

    func run(_ board: inout Scoreboard) throws {
        board.heading(
            "Signs of life of \(Self.processes) processes with "
                + "\(Self.processes * Self.leasesOfEach) leases, a second")
        let server = server
        let servers = [
            StoreServer(name: "bench") { () throws(MySQLError) in try Self.open(server) }
        ]
        let backends = (0..<Self.processes).map { _ in
            MySQLBackend(
                place: "mysql://bench/heartbeats", database: "heartbeats", servers: servers)
        }
        try backends[0].make(version: 1)
        var held: [any HeldLease] = []
        for (place, backend) in backends.enumerated() {
            for number in 0..<Self.leasesOfEach {
                held.append(try backend.take("claim/\(place)/\(number)", owner: "bench \(place)"))
            }
        }
        let connection = try Self.open(server)
        let before = try counters(connection)
        let (seconds, _) = Stopwatch.time { Thread.sleep(forTimeInterval: Self.seconds) }
        let after = try counters(connection)
        for (name, what) in [
            ("Questions", "statements"), ("Bytes_received", "bytes to the server"),
            ("Bytes_sent", "bytes from the server"), ("Innodb_os_log_written", "bytes of its log"),
        ] {
            let grown = Double((after[name] ?? 0) - (before[name] ?? 0)) / seconds
            board.note(what, Text.count(grown))
        }
        guard held.allSatisfy(\.isSure) else {
            throw BenchError("a process lost a lease although it was alive")
        }
    }

    private static func open(_ server: ServerAddress) throws(MySQLError) -> Connection {
        var settings = ConnectionSettings(credentials: Credentials(user: "root"))
        settings.tls.mode = .disabled
        return try Connection(to: server, settings: settings)
    }

    private func counters(_ connection: Connection) throws -> [String: Int] {
        var found: [String: Int] = [:]
        for row in try connection.query("SHOW GLOBAL STATUS") {
            if let name = row[0], let value = row[1].flatMap({ Int($0) }) { found[name] = value }
        }
        return found
    }
}
