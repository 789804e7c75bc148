import Basics
import Model
import MySQLClient
import Observed
import Reports
import Schema

/// Connects to shards for changes and takes their locks; nothing is done without the lock.
package struct ServerShardOpener: ShardOpener {
    private let pool: ConnectionPool
    private let shards: [ShardID: ObservationTarget]
    private let catalog: ObjectCatalog
    private let lockWaitSeconds: Int
    private let lockWaits: LockWaits
    private let isForChanges: Bool
    private let silentSeconds: Int
    private let changed: @Sendable (ShardID) -> Void
    private let measured: @Sendable (Measure) -> Void

    /// - Parameters:
    ///   - lockWaitSeconds: how long to wait for a shard's lock that another session holds.
    ///   - lockWaits: how long a statement waits for locks on a table and its rows.
    ///   - isForChanges: whether a read-only server is an error.
    ///   - silentSeconds: after which time the server ends a session, and with it its lock, whose
    ///     process gives no sign of life.
    ///   - changed: called after every statement, so that cached fingerprints of the shard are
    ///     dropped.
    ///   - measured: called with what each statement took.
    package init(
        pool: ConnectionPool, shards: [ShardID: ObservationTarget], catalog: ObjectCatalog,
        lockWaitSeconds: Int, lockWaits: LockWaits, isForChanges: Bool = true,
        silentSeconds: Int = Connection.silentSeconds,
        changed: @escaping @Sendable (ShardID) -> Void,
        measured: @escaping @Sendable (Measure) -> Void = { _ in }
    ) {
        self.pool = pool
        self.shards = shards
        self.catalog = catalog
        self.lockWaitSeconds = lockWaitSeconds
        self.lockWaits = lockWaits
        self.isForChanges = isForChanges
        self.silentSeconds = silentSeconds
        self.changed = changed
        self.measured = measured
    }

    /// The name of the lock that every worker of a shard takes (`GET_LOCK`); it is unique on a
    /// server.
    package static func lockName(database: String) -> String { ShardLocks.name(database: database) }

    /// Connects, checks that the server takes changes, takes the shard's lock and runs `body`.
    package func withShard<Result>(
        _ shard: ShardID, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result {
        guard let target = shards[shard] else {
            throw ShardFailure("\(shard): not in the fleet", retry: .permanent)
        }
        do {
            return try pool.withConnection(to: target.server, purpose: .change) { connection in
                try hold(target, on: connection, body)
            }
        } catch let error as ShardFailure {
            throw error
        } catch let error as MySQLError {
            throw ShardFailure(asking: error, shard: shard)
        } catch {
            throw ShardFailure("\(shard): \(error)", retry: .permanent)
        }
    }

    /// Takes the lock in one round trip, in which all that has to be known before is asked too.
    private func hold<Result>(
        _ target: ObservationTarget, on connection: Connection,
        _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws -> Result {
        let target = target.stored(by: connection.nameFolding)
        let locks = ShardLocks(database: target.database)
        let answers = try connection.answers(to: [
            "USE \(SQL.identifier(target.database))",
            ReadOnlyState.question,
            AdvisoryLock.statement(name: locks.name, waitSeconds: lockWaitSeconds),
            AdvisoryLock.holderQuestion(of: locks.name),
            locks.helperQuestion,
            Connection.silenceStatement(seconds: silentSeconds),
        ])
        let lock = try AdvisoryLock.taken(
            locks.name, on: connection, answer: try answers[2].get())
        // The server releases the locks of a session that has ended.
        defer { lock?.releaseOrEndSession() }
        _ = try answers[0].get()
        if isForChanges { try ReadOnlyRefusal.check(target, answers[1]) }
        let helpers = locks.helpers(in: try answers[4].get())
        guard let leader = try answers[3].get().first?[0], lock != nil,
            try locks.areOver(helpers, on: connection, waitSeconds: lockWaitSeconds)
        else {
            throw ShardFailure(
                "\(target.id): another session holds the lock `\(locks.name)` on "
                    + "\(target.server): a reconcile is running, or its last statement still is",
                retry: .retryable, isLocked: true)
        }
        let open = {
            @Sendable [pool, catalog, lockWaits, changed, measured] (connection: Connection) in
            ShardSession(
                target: target, connection: connection, catalog: catalog, lockWaits: lockWaits,
                changed: changed, measured: measured
            ) { server throws(MySQLError) in try pool.settings(of: server, for: .change) }
        }
        var session = open(connection)
        session.helpers = ServerShardHelpers(
            pool: pool, target: target, locks: locks,
            leader: ShardSession.Leader(lock: locks.name, id: leader),
            silentSeconds: silentSeconds, open: open)
        _ = try answers[5].get()
        return try connection.keptAlive(seconds: silentSeconds) { try body(session) }
    }
}
