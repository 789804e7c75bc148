import Basics
import Diff
import Model
import MySQLClient
import Observed
import Schema

/// Connects to shards for changes and takes their locks; nothing is done without the lock.
package struct ServerShardOpener: ShardOpener {
    private let pool: ConnectionPool
    private let shards: [ShardID: ObservationTarget]
    private let catalog: ObjectCatalog
    private let lockWaitSeconds: Int
    private let lockWaits: LockWaits
    private let isForChanges: Bool
    private let changed: @Sendable (ShardID) -> Void

    /// - Parameters:
    ///   - lockWaitSeconds: how long to wait for a shard's lock that another session holds.
    ///   - lockWaits: how long a statement waits for locks on a table and its rows.
    ///   - isForChanges: whether a read-only server is an error.
    ///   - changed: called after every statement, so that cached fingerprints of the shard are
    ///     dropped.
    package init(
        pool: ConnectionPool, shards: [ShardID: ObservationTarget], catalog: ObjectCatalog,
        lockWaitSeconds: Int, lockWaits: LockWaits, isForChanges: Bool = true,
        changed: @escaping @Sendable (ShardID) -> Void
    ) {
        self.pool = pool
        self.shards = shards
        self.catalog = catalog
        self.lockWaitSeconds = lockWaitSeconds
        self.lockWaits = lockWaits
        self.isForChanges = isForChanges
        self.changed = changed
    }

    /// The name of the lock that every worker of a shard takes (`GET_LOCK`); it is unique on a
    /// server.
    package static func lockName(database: String) -> String { "plumb:\(database)" }

    /// Connects, checks that the server takes changes, takes the shard's lock and runs `body`.
    package func withShard<Result>(
        _ shard: ShardID, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result {
        guard let target = shards[shard] else {
            throw ShardFailure("\(shard): not in the fleet", retry: .permanent)
        }
        do {
            return try pool.withConnection(
                to: target.server, purpose: .change, database: target.database
            ) { connection in
                try hold(target, on: connection, body)
            }
        } catch let error as ShardFailure {
            throw error
        } catch let error as MySQLError {
            throw ShardFailure(error, shard: shard)
        } catch {
            throw ShardFailure("\(shard): \(error)", retry: .permanent)
        }
    }

    private func hold<Result>(
        _ target: ObservationTarget, on connection: Connection,
        _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws -> Result {
        let target = target.stored(by: connection.nameFolding)
        if isForChanges { try ReadOnlyRefusal.check(target, on: connection) }
        let name = Self.lockName(database: target.database)
        guard
            let lock = try AdvisoryLock.acquire(
                name: name, on: connection, waitSeconds: lockWaitSeconds)
        else {
            throw ShardFailure(
                "\(target.id): another session holds the lock `\(name)` on \(target.server): "
                    + "a reconcile is running, or its last statement still is",
                retry: .retryable, isLocked: true)
        }
        // The server releases the locks of a session that has ended.
        defer { lock.releaseOrEndSession() }
        return try body(
            ShardSession(
                target: target, connection: connection, catalog: catalog, lockWaits: lockWaits,
                changed: changed))
    }
}

/// One shard, while its lock is held.
private struct ShardSession: ShardPort {
    let target: ObservationTarget
    let connection: Connection
    let catalog: ObjectCatalog
    let lockWaits: LockWaits
    let changed: @Sendable (ShardID) -> Void

    func digest(of table: String, among chain: [Digest?]) throws(ShardFailure) -> Digest? {
        do throws(MySQLError) {
            let found = try LiveTable.read(
                encoded: table, database: target.database, on: connection, catalog: catalog)
            return found?.object?.digests.first(where: chain.contains) ?? found?.digest
        } catch {
            throw ShardFailure(error, shard: target.id, table: table)
        }
    }

    func digest(ofFormer table: String) throws(ShardFailure) -> Digest? {
        do throws(MySQLError) {
            return try LiveTable.readTable(
                ObjectName(encoded: table).name, database: target.database, on: connection,
                catalog: catalog)?.digest
        } catch {
            throw ShardFailure(error, shard: target.id, table: table)
        }
    }

    func ask(_ question: DataQuestion) throws(ShardFailure) -> RowsAnswer {
        do throws(MySQLError) {
            let flavour = try connection.profile(database: target.database).flavour
            switch try DataAsking.answer(
                .init(question, of: target, flavour: flavour), on: connection)
            {
            case .clear: return .clear
            case .inTheWay: return .inTheWay
            case .notAnswered(let reason): return .notKnown(reason)
            }
        } catch {
            guard error.retry != .permanent else {
                return .notKnown("the server refused the question (error \(error.number))")
            }
            throw ShardFailure(error, shard: target.id)
        }
    }

    func run(_ statement: PlanStatement) throws(ShardFailure) {
        defer { changed(target.id) }
        // The server may have become a replica since the last statement.
        try ReadOnlyRefusal.check(target, on: connection)
        do throws(MySQLError) {
            let check = statement.checksForeignKeys ? 1 : 0
            try connection.execute(
                "SET SESSION foreign_key_checks = \(check), "
                    + Self.lockWait(lockWaits.statementSeconds))
            // What follows only reads: a longer wait harms nobody, and ends with the next loan of
            // the session. One that ended has nothing to set.
            defer {
                if connection.isUsable {
                    try? connection.execute(
                        "SET SESSION " + Self.lockWait(lockWaits.readingSeconds))
                }
            }
            if let numbersZeros = statement.numbersZeros {
                try connection.execute(statement.sql, numberingZeros: numbersZeros)
            } else {
                try connection.executeUnderItsSettings(statement.sql)
            }
        } catch  where error.kind == .readOnly && target.changesReadOnly {
            throw ReadOnlyRefusal.unprivileged(target, error)
        } catch {
            var failure = ShardFailure(
                error, shard: target.id, changing: true,
                rows: error.number == Self.rowWithoutParent ? statement.rowsInTheWay : nil)
            if error.refuses(statement) { failure.refusedAlgorithm = "error \(error.number)" }
            throw failure
        }
    }

    /// `ER_NO_REFERENCED_ROW_2`: a row has no parent for a foreign key that is added.
    private static let rowWithoutParent: UInt32 = 1452

    /// Sets both the metadata and the row lock waits: a statement that copies waits for row locks
    /// while it holds the metadata lock.
    private static func lockWait(_ seconds: Int) -> String {
        "lock_wait_timeout = \(seconds), innodb_lock_wait_timeout = \(seconds)"
    }
}

extension MySQLError {
    /// Whether this table refuses the algorithm of the statement, which an empty copy of it
    /// accepted.
    ///
    /// Instant changes leave traces in a table: MariaDB counts columns that were dropped instantly
    /// towards the row size (error 1118), and MySQL limits the number of such changes and the row
    /// size with them (errors 4092, 4093, 4157 and 4158).
    fileprivate func refuses(_ statement: PlanStatement) -> Bool {
        guard let algorithm = statement.algorithm, algorithm != .copy else { return false }
        switch number {
        case 1118: return !statement.rebuildsTable
        case 1845, 1846, 4092, 4093, 4157, 4158: return true
        default: return false
        }
    }
}

extension ShardFailure {
    /// The failure of a question to a shard.
    init(asking error: MySQLError, shard: ShardID) {
        self.init(error, shard: shard)
    }

    /// - Parameter changing: whether the statement may have changed something. If the connection
    ///   was lost during it, the outcome is unknown.
    /// - Parameter rows: a query that shows the rows because of which the statement was refused.
    fileprivate init(
        _ error: MySQLError, shard: ShardID, table: String? = nil, changing: Bool = false,
        rows: String? = nil
    ) {
        let lost = [.lostConnection, .unreachable, .connectionLimit].contains(error.kind)
        let place = table.map { "\(shard)/\($0)" } ?? "\(shard)"
        let remedy = rows.map {
            "; insert the missing parents or delete these rows, and run again: \($0)"
        }
        self.init(
            "\(place): \(error)\(remedy ?? "")",
            retry: changing && lost ? .indeterminate : error.retry)
    }
}
