import Basics
import Diff
import Model
import MySQLClient
import Observed
import Schema

/// Opens shards for change: one connection, the shard's lock on it, nothing without the lock.
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
    ///   - lockWaits: how long a statement waits for a table.
    ///   - isForChanges: whether a server that takes no changes is of no use.
    ///   - changed: called after every statement, so that cached fingerprints are forgotten.
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

    /// The name of the lock that every worker of a shard takes; it is server-wide.
    package static func lockName(database: String) -> String { "plumb:\(database)" }

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
        // A session that ended gave the lock back by itself.
        defer { if connection.isUsable { try? lock.release() } }
        return try body(
            ShardSession(
                target: target, connection: connection, catalog: catalog, lockWaits: lockWaits,
                changed: changed))
    }
}

/// One shard under its lock.
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
        // It may have become a replica since the last statement.
        try ReadOnlyRefusal.check(target, on: connection)
        do throws(MySQLError) {
            let check = statement.checksForeignKeys ? 1 : 0
            try connection.execute(
                "SET SESSION foreign_key_checks = \(check), "
                    + Self.lockWait(lockWaits.statementSeconds))
            // What follows only reads; a session that ended has nothing to set.
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

    /// `ER_NO_REFERENCED_ROW_2`: a foreign key that is added finds a row without a parent.
    private static let rowWithoutParent: UInt32 = 1452

    /// For tables and for rows: a statement that copies waits for rows with the table in its hands.
    private static func lockWait(_ seconds: Int) -> String {
        "lock_wait_timeout = \(seconds), innodb_lock_wait_timeout = \(seconds)"
    }
}

extension MySQLError {
    /// Whether it is this very table that is not changed by the algorithm that the statement asks
    /// for, as another one like it was when the statement was proved.
    ///
    /// MariaDB finds a row too large that holds what columns left that went at once; MySQL counts
    /// such changes, and has an end to their number and to what they leave (4157, 4158).
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
    /// A shard that could not be asked.
    init(asking error: MySQLError, shard: ShardID) {
        self.init(error, shard: shard)
    }

    /// - Parameter changing: true where the statement may have changed something: when the
    ///   connection went away under it, its outcome is not known.
    /// - Parameter rows: a query for the rows that refused the statement.
    fileprivate init(
        _ error: MySQLError, shard: ShardID, table: String? = nil, changing: Bool = false,
        rows: String? = nil
    ) {
        let lost = [.lostConnection, .unreachable, .connectionLimit].contains(error.kind)
        let place = table.map { "\(shard)/\($0)" } ?? "\(shard)"
        let remedy = rows.map {
            "; give these rows a parent or take them away, and run again: \($0)"
        }
        self.init(
            "\(place): \(error)\(remedy ?? "")",
            retry: changing && lost ? .indeterminate : error.retry)
    }
}
