import Basics
import Execution
import MySQLClient
import Schema
import Store

/// The sessions of one handle of a store, each used by one thread at a time.
final class StoreSessions: Sendable {
    let database: String
    private let servers: [StoreServer]
    /// The place of the server that worked last.
    private let current = Lock(0)
    private let lockWaitSeconds: Int
    private let silentSeconds: Int
    private let ending: Ending
    private let idle = Lock<[Connection]>([])
    private let isKnown = Lock(false)

    /// Sessions that are kept for the next use.
    private static let idleLimit = 4
    /// The longest wait for a lock, in seconds: well below the time that a session waits for an
    /// answer of the server. Who wants to wait longer asks again.
    private static let longestLockWait = 10

    /// The least time after which the server ends a session from which it hears nothing.
    private static let shortestSilence = 10

    /// - Parameters:
    ///   - waitSeconds: how long a write waits for its turn.
    ///   - silentSeconds: after which time the server may end a session from which it hears
    ///     nothing: a process that was stopped in its turn must not keep it from others.
    init(
        database: String, servers: [StoreServer], waitSeconds: Double, silentSeconds: Double,
        ending: Ending
    ) {
        self.ending = ending
        self.servers = servers
        self.silentSeconds = max(Self.shortestSilence, Int(silentSeconds.rounded(.up)))
        self.database = database
        lockWaitSeconds = min(Self.longestLockWait, max(1, Int(waitSeconds.rounded(.up))))
    }

    /// Whether a session could ever be opened: an address that never answered may be a wrong one.
    var haveWorked: Bool { isKnown.withLock { $0 } }

    /// Lends a session; one that is lost in `body` is not used again.
    ///
    /// `body` is run once more, in another session, where a kept one turns out to be lost.
    func use<Result>(
        _ body: (Connection) throws(MySQLError) -> Result
    ) throws(MySQLError) -> Result {
        while true {
            let (connection, wasKept) = try take()
            do throws(MySQLError) {
                let result = try body(connection)
                giveBack(connection)
                return result
            } catch {
                if error.isOfNode { connection.close() }
                giveBack(connection)
                guard wasKept, !connection.isUsable else { throw error }
            }
        }
    }

    /// A session for a while, which goes back with ``giveBack(_:)``; one that was kept may have
    /// been lost meanwhile.
    func take() throws(MySQLError) -> (Connection, wasKept: Bool) {
        try ending.requireMore()
        if let kept = idle.withLock({ $0.popLast() }) { return (kept, true) }
        return (try open(), false)
    }

    func giveBack(_ connection: Connection) {
        guard connection.isUsable else { return }
        let isKept = idle.withLock { idle in
            guard idle.count < Self.idleLimit else { return false }
            idle.append(connection)
            return true
        }
        if !isKept { connection.close() }
    }

    /// A session that its caller keeps.
    func open() throws(MySQLError) -> Connection {
        let (connection, node) = try connect()
        // What a server has as its defaults must not change what is promised here.
        try connection.execute(
            "SET SESSION autocommit = 1, sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00', "
                + "innodb_lock_wait_timeout = \(lockWaitSeconds), wait_timeout = \(silentSeconds)")
        try connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        // What another node has acknowledged is read here, too; only a cluster knows the word.
        if node.isGalera { try connection.execute("SET SESSION wsrep_sync_wait = 7") }
        try connection.select(database: database)
        return connection
    }

    /// A session that has no database selected, to make one.
    func openOutside() throws(MySQLError) -> Connection { try connect().0 }

    /// A session with the first server that can be used, beginning with the one that worked last.
    private func connect() throws(MySQLError) -> (Connection, NodeState) {
        let first = current.withLock { $0 }
        var failures: [(StoreServer, MySQLError)] = []
        for offset in servers.indices {
            try ending.requireMore()
            let place = (first + offset) % servers.count
            do throws(MySQLError) {
                let connection = try servers[place].connect()
                connection.isWorthWaiting = { [ending] in ending.isWorthWaiting($0) }
                let state = try NodeState(of: connection)
                current.withLock { $0 = place }
                isKnown.withLock { $0 = true }
                return (connection, state)
            } catch {
                failures.append((servers[place], error))
            }
        }
        throw Self.failure(failures)
    }

    /// Why none of the servers can be used.
    private static func failure(_ failures: [(server: StoreServer, error: MySQLError)])
        -> MySQLError
    {
        // What passes at one of them passes.
        let all = failures.sorted { $0.error.passes && !$1.error.passes }
        guard var error = all.first?.error, all.count > 1 else {
            return all.first?.error
                ?? MySQLError(
                    kind: .configuration, message: "no server is named",
                    server: .socket(path: ""))
        }
        error.message =
            "none of \(all.count) servers can be used: "
            + failures.map { "\($0.server.name): \($0.error.message)" }.joined(separator: "; ")
        error.number = 0
        return error
    }

    /// Ends the sessions that are not used.
    func forget() {
        for connection in idle.withLock({ idle in
            defer { idle = [] }
            return idle
        }) {
            connection.close()
        }
    }
}
