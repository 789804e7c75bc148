import Basics
import Execution
import MySQLClient
import Schema
import Store

/// The sessions of one handle of a store, each used by one thread at a time.
final class StoreSessions: Sendable {
    /// Opens a session with the server that may be written to.
    typealias Connect = @Sendable () throws(MySQLError) -> Connection

    let database: String
    private let connect: Connect
    private let waitSeconds: Int
    private let idle = Lock<[Connection]>([])

    /// Sessions that are kept for the next use.
    private static let idleLimit = 4

    init(database: String, waitSeconds: Double, connect: @escaping Connect) {
        self.database = database
        self.connect = connect
        self.waitSeconds = max(1, Int(waitSeconds.rounded(.up)))
    }

    /// Lends a session; one that is lost in `body` is not used again.
    ///
    /// - Parameter isSafeTwice: whether `body` is run once more, in a new session, where a kept one
    ///   turns out to be lost.
    func use<Result>(
        isSafeTwice: Bool = true, _ body: (Connection) throws(MySQLError) -> Result
    ) throws(MySQLError) -> Result {
        if let kept = kept {
            do throws(MySQLError) {
                let result = try body(kept)
                giveBack(kept)
                return result
            } catch {
                giveBack(kept)
                guard isSafeTwice, !kept.isUsable else { throw error }
            }
        }
        let new = try open()
        defer { giveBack(new) }
        return try body(new)
    }

    private var kept: Connection? { idle.withLock { $0.popLast() } }

    /// A session for a while, which goes back with ``giveBack(_:)``.
    func take() throws(MySQLError) -> Connection {
        if let kept { return kept }
        return try open()
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
        let connection = try connect()
        // What a server has as its defaults must not change what is promised here.
        try connection.execute(
            "SET SESSION autocommit = 1, sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00', "
                + "innodb_lock_wait_timeout = \(waitSeconds)")
        try connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        try connection.select(database: database)
        return connection
    }

    /// A session that has no database selected, to make one.
    func openOutside() throws(MySQLError) -> Connection { try connect() }

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
