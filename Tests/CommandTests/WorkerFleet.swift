import Foundation
import MySQLClient
import TestSupport
import Testing

/// A fleet whose shards are on several servers, as far as Plumb can tell: each is the same one by
/// another name of its socket.
final class WorkerFleet {
    /// Where its ledger is.
    enum Ledger: String, CaseIterable, CustomTestStringConvertible {
        case git, database

        var testDescription: String { rawValue }
    }

    let fleet: FleetFixture
    /// The database of the ledger; nil where it is a repository.
    private(set) var ledger: DatabaseLedger?

    /// - Parameters:
    ///   - servers: how many; the first shard is on the first one, the second on the second.
    ///   - total: how many operations a process is at, each on a server of its own.
    ///   - labels: those of each shard, in the fleet file.
    init(
        shards: Int, servers: Int, total: Int, ledger: Ledger = .git,
        labels: (Int) -> String? = { _ in nil }
    ) throws {
        fleet = try FleetFixture(shards: shards)
        guard case .socket(let socket) = fleet.server.address else {
            throw TestSupportError("the server has no socket")
        }
        for number in 0..<servers {
            try FileManager.default.createSymbolicLink(
                atPath: Self.socket(number, fleet), withDestinationPath: socket)
        }
        for number in 0..<shards {
            fleet.file.shards[number].labels = labels(number)
            fleet.file.shards[number].host = "unix:" + Self.socket(number % servers, fleet)
        }
        fleet.file.policy = ["rollout: {concurrency: {total: \(total), per_host: 1}}"]
        fleet.file.connection = "{user: root, tls: {mode: disabled}, lock_wait_timeout: 10m}"
        if ledger == .database {
            self.ledger = try fleet.keepLedgerInDatabase()
        } else {
            try fleet.commit()
        }
        try writeOperatorFile()
        try fleet.expect(0, "reconcile")
    }

    private static func socket(_ number: Int, _ fleet: FleetFixture) -> String {
        "\(fleet.folder.path)/db\(number).sock"
    }

    /// The address of a server as Plumb shows it.
    func server(_ number: Int) -> String { "unix:" + Self.socket(number, fleet) }

    /// The operator's file of workers.
    ///
    /// - Parameters:
    ///   - connection: to the shards, where it is another one.
    ///   - place: of the ledger, where it has another address.
    func writeOperatorFile(connection: String? = nil, ledger place: String? = nil) throws {
        let text = """
            version: 1
            hosts: ["unix:\(fleet.folder.path)/*", "\(fleet.server.address)"]
            ledger: \(place ?? fleet.file.ledgerLine ?? "\"file:\(fleet.ledger)\"")
            environments:
              production:
                - connection: \(connection ?? fleet.file.connection)
            approvals: {identity: declared}

            """
        try fleet.folder.write(text, to: "operator.yaml")
    }

    /// A worker with the operator's file.
    func worker(_ words: String...) throws -> RunningPlumb {
        let worker = try fleet.start(["worker", "--operator", "../operator.yaml"] + words)
        guard try worker.says("\"working\"") else {
            throw TestSupportError("the worker ended: \(worker.stderr)")
        }
        return worker
    }

    /// Adds a column to `orders` in git.
    func change(column: String) throws {
        let text = FleetFixture.orders.replacingOccurrences(
            of: "note varchar(100)", with: "note varchar(100),\n  \(column) int")
        try fleet.change("orders.sql", text)
    }

    /// Keeps `orders` of a shard from being changed until the connection is closed.
    func block(_ shard: Int) throws -> Connection {
        let reader = try fleet.server.connect(database: fleet.database(shard))
        try reader.execute("LOCK TABLES orders READ")
        return reader
    }

    /// Whether a statement waits for the table of a shard.
    func isWaiting(_ shard: Int) throws -> Bool {
        try fleet.server.connect().query("SHOW PROCESSLIST").contains { row in
            row[3] == fleet.database(shard) && row[7]?.hasPrefix("ALTER TABLE") == true
        }
    }

    func has(column: String, _ shard: Int) throws -> Bool {
        try fleet.table("orders", on: shard)?.contains("`\(column)`") == true
    }

    /// How often each event of operations stands in the audit trail, with the operation.
    func events(_ kind: String) throws -> [String] {
        let run = try fleet.expect(0, "log", "--limit", "10000", "--output", "json")
        let rows = try #require(run.json["rows"] as? [[String: String]], "\(run)")
        return rows.filter { $0["event"] == kind }.compactMap { $0["key"] }
    }
}
