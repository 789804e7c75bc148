import Dispatch
import Execution
import MySQLClient
import Schema

/// Creates the benchmark's databases on an empty server.
struct FleetMaker {
    let server: ServerAddress
    let shards: Int
    var prefix = "bench_"
    var tables = FleetSchema.tables

    /// On a machine with two cores more sessions do not create tables faster.
    private static let sessions = 2

    static func digits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    static func database(_ number: Int) -> String { "bench_" + digits(number) }

    /// The settings of the benchmark's private server.
    static var settings: ConnectionSettings {
        var settings = ConnectionSettings(credentials: Credentials(user: "root"))
        settings.tls.mode = .disabled
        return settings
    }

    func run() throws {
        let parts = Workers.map(
            Array(0..<Self.sessions), total: Self.sessions, perKey: Self.sessions, key: { _ in 0 }
        ) { part in
            Result { try create(stride(from: part, to: shards, by: Self.sessions)) }
        }
        for part in parts { try part.get() }
    }

    private func create(_ numbers: StrideTo<Int>) throws {
        let connection = try Connection(to: server, settings: Self.settings)
        defer { connection.close() }
        for number in numbers {
            let database = SQL.identifier(prefix + Self.digits(number))
            let statements =
                [
                    "CREATE DATABASE \(database) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
                    "USE \(database)",
                ] + tables.map(\.sql)
            try Self.run(statements, on: connection)
        }
    }

    /// Removes the databases again.
    func remove() throws {
        let connection = try Connection(to: server, settings: Self.settings)
        defer { connection.close() }
        try Self.run(
            (0..<shards).map {
                "DROP DATABASE IF EXISTS \(SQL.identifier(prefix + Self.digits($0)))"
            }, on: connection)
    }

    private static func run(_ statements: [String], on connection: Connection) throws {
        var failure: MySQLError?
        try connection.pipeline(statements) { _, answer in
            if case .failure(let error) = answer { failure = failure ?? error }
        }
        if let failure { throw failure }
    }
}
