import Basics
import Execution
import Foundation
import MySQLClient
import Schema
import Store

/// Keeps a ledger in tables of MySQL or MariaDB: the same objects under the same ids as a git
/// repository has.
///
/// A transition is one transaction. Writers take turns by the lock of one row, which dies with its
/// session; what they promise does not rest on that but on the references, which are compared and
/// moved in the transaction.
package final class MySQLBackend: LedgerBackend {
    package let place: String
    let sessions: StoreSessions
    let keeper: LeaseKeeper
    private let ending: Ending
    private let waitSeconds: Double
    private let isKnown = Lock(false)
    /// Whether the tables were found to be of this release's version.
    let hasCurrentTables = Lock(false)
    /// Until when the writes wait that compose just now, by the clock of ``Patience``.
    private let composing = Lock<[Double]>([])
    /// After which write old numbers are removed, and after which lease old ones.
    let writeSweeps = EveryNth(500)
    let leaseSweeps = EveryNth(100)

    /// - Parameters:
    ///   - place: what it is called in messages; without a password.
    ///   - database: the database of the tables.
    ///   - servers: of one cluster, tried in turn, beginning with the one that worked last.
    ///   - waitSeconds: how long a write waits for its turn, and for what else passes by itself.
    ///   - heartbeatSeconds: the time between two signs of life of a lease. Without them another
    ///     process takes it after six times that, or after two where the session of its owner
    ///     has ended.
    ///   - interrupt: raised where the process is to end: servers that answer nothing are not
    ///     waited for long then.
    package init(
        place: String, database: String, servers: [StoreServer], waitSeconds: Double = 120,
        heartbeatSeconds: Double = 5, interrupt: Interrupt? = nil
    ) {
        self.place = place
        ending = Ending(interrupt)
        self.waitSeconds = waitSeconds
        sessions = StoreSessions(
            database: database, servers: servers, waitSeconds: waitSeconds,
            silentSeconds: 6 * heartbeatSeconds, ending: ending)
        keeper = LeaseKeeper(sessions: sessions, heartbeatSeconds: heartbeatSeconds)
    }

    // MARK: The store

    package func isMade() throws(StoreError) -> Bool {
        var patience = patienceOfReads
        return try isMade(&patience)
    }

    private func isMade(_ patience: inout Patience) throws(StoreError) -> Bool {
        while true {
            do throws(MySQLError) {
                return try sessions.use { connection throws(MySQLError) in
                    try connection.query(Self.versionQuestion).first != nil
                }
            } catch {
                switch error.kind {
                case .unknownDatabase: return false
                case .unknownTable: return try !isEmptied()
                case .other where error.number == Self.unknownColumn:
                    throw StoreError.notALedger(
                        place, "its table `\(StoreTables.store)` is another one")
                default: try patience.wait(after: error)
                }
            }
        }
    }

    /// Whether none of the tables is there; throws where some are.
    private func isEmptied() throws(StoreError) -> Bool {
        try reading { connection throws(MySQLError) in
            try connection.query(
                "SELECT 1 FROM information_schema.tables WHERE table_schema = "
                    + "\(SQL.literal(self.sessions.database)) AND table_name = "
                    + "\(SQL.literal(StoreTables.store))")
        }.isEmpty
    }

    private static let unknownColumn: UInt32 = 1054
    private static let versionQuestion = "SELECT version FROM \(StoreTables.store) WHERE id = 1"

    package func make(version: Int64) throws(StoreError) {
        guard try !isMade() else { return }
        var patience = patienceOfWrites
        while true {
            do {
                try makeTables(version)
                return isKnown.withLock { $0 = true }
            } catch let error as MySQLError {
                try patience.wait(after: error)
            } catch let error as StoreError {
                throw error
            } catch {
                throw StoreError(.other, "\(place): \(error)")
            }
        }
    }

    private func makeTables(_ version: Int64) throws {
        let connection = try sessions.openOutside()
        defer { connection.close() }
        let name = SQL.identifier(sessions.database)
        let exists = try connection.query(
            "SELECT 1 FROM information_schema.schemata WHERE schema_name = "
                + SQL.literal(sessions.database))
        if exists.isEmpty { try connection.execute("CREATE DATABASE IF NOT EXISTS \(name)") }
        try connection.select(database: sessions.database)
        let upgrade = TableUpgrade(connection: connection)
        try upgrade.requireOwn(at: place)
        try upgrade.run()
        try connection.execute(TableVersion.setting)
        try connection.execute(
            "INSERT INTO \(StoreTables.store) (id, version, token) VALUES (1, \(version), 0), "
                + "(2, 0, 0) ON DUPLICATE KEY UPDATE id = id")
    }

    package func version() throws(StoreError) -> Int64? {
        try requireKnownTables()
        return try reading { connection throws(MySQLError) in
            try connection.query(Self.versionQuestion).first?[0].flatMap { Int64($0) }
        }
    }

    package func setVersion(_ version: Int64) throws(StoreError) {
        try requireMade()
        try requireCurrentTables()
        try changing { connection throws(MySQLError) in
            try connection.execute(
                "UPDATE \(StoreTables.store) SET version = \(version) WHERE id = 1")
        }
    }

    /// Throws `noStore` where none is made; asks the server until one is.
    func requireMade() throws(StoreError) {
        var patience = patienceOfReads
        try requireMade(&patience)
    }

    func requireMade(_ patience: inout Patience) throws(StoreError) {
        guard !isKnown.withLock({ $0 }) else { return }
        guard try isMade(&patience) else {
            throw StoreError(.noStore, "there is no ledger at \(place)")
        }
        isKnown.withLock { $0 = true }
    }

    package func now() throws(StoreError) -> Date {
        let rows = try reading { connection throws(MySQLError) in
            try connection.query(Self.timeQuestion)
        }
        guard let date = Self.date(rows.first?[0]) else {
            throw StoreError(.unreadable, "\(place): the server does not say what time it is")
        }
        return date
    }

    /// Seconds since 1970, with microseconds.
    static let timeQuestion =
        "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))"

    static func date(_ microseconds: String?) -> Date? {
        microseconds.flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0 / 1_000_000) }
    }

    // MARK: Help

    var patienceOfWrites: Patience { Patience(seconds: waitSeconds, at: place, ending: ending) }

    /// Nobody waits long to look at something; but what a write looks at, it waits for as long as
    /// for the rest. An address that never answered is not waited for.
    var patienceOfReads: Patience {
        let seconds = sessions.haveWorked ? min(waitSeconds, Self.readSeconds) : 0
        let end = composing.withLock { $0.max() } ?? 0
        return Patience(seconds: max(seconds, end - Patience.now), at: place, ending: ending)
    }

    private static let readSeconds: Double = 10

    /// Runs what a write composes; `end`: until when the write waits.
    func composing<Result>(until end: Double, _ body: () throws -> Result) rethrows -> Result {
        composing.withLock { $0.append(end) }
        defer {
            composing.withLock { ends in
                if let place = ends.firstIndex(of: end) { ends.remove(at: place) }
            }
        }
        return try body()
    }

    /// Runs what only reads; again where it fails by something that passes.
    func reading<Result>(
        _ body: (Connection) throws(MySQLError) -> Result
    ) throws(StoreError) -> Result {
        try running(patienceOfReads, body)
    }

    /// Runs what changes the same whether it runs once or twice; again where it fails by something
    /// that passes.
    func changing(_ body: (Connection) throws(MySQLError) -> Void) throws(StoreError) {
        try running(patienceOfWrites, body)
    }

    private func running<Result>(
        _ patience: Patience, _ body: (Connection) throws(MySQLError) -> Result
    ) throws(StoreError) -> Result {
        var patience = patience
        while true {
            do throws(MySQLError) { return try sessions.use(body) } catch {
                try patience.wait(after: error)
            }
        }
    }

    // MARK: What a database does by itself

    package func pointHead(at branch: String) {}

    package func whereabouts(of id: ObjectID) -> String {
        "\(place): the rows of \(StoreTables.objects) with id \(StoreTables.literal(id))"
    }

    package func damagedFiles() throws(StoreError) -> [DamagedFile] { [] }
    package func strayFiles() throws(StoreError) -> [String] { [] }
    package func compact() throws(StoreError) -> Bool { false }
    package func isCompactionDue() throws(StoreError) -> Bool { false }

    package func forget() throws(StoreError) {
        sessions.forget()
        keeper.forget()
    }

    package func size() throws(StoreError) -> StoreSize {
        try requireMade()
        let rows = try reading { connection throws(MySQLError) in
            try connection.query(
                "SELECT COUNT(DISTINCT id), COALESCE(SUM(LENGTH(bytes)), 0) FROM "
                    + StoreTables.objects)
        }
        func number(_ column: Int) -> Int { rows.first?[column].flatMap { Int($0) } ?? 0 }
        return StoreSize(singles: number(0), packs: 0, bytes: number(1))
    }
}
