import Basics
import Foundation
import MySQLClient
import Schema

/// Puts a copy in the place of its table, so that no write is lost and nobody gets an error.
///
/// The table is locked for writing, but only if that is to be had at once; else it is let be, and
/// tried again later. Under the lock the last changes are brought over. Then a second session asks
/// for both names to change; it waits for the lock, in front of all who write, and a table under
/// the name that the old one gets keeps it from succeeding too early. Once it waits, that table is
/// dropped and the lock let go. Whatever dies before leaves everything as it was.
package struct Cutover {
    let copy: TableCopy
    /// The second session, which gives the names.
    let renamer: Connection
    /// How long the lock is waited for, which is about how long others wait for it at most.
    var patienceSeconds = 0.06
    /// How long the end of the log is waited for under the lock.
    var readingSeconds = 0.25

    package init(_ copy: TableCopy, renamer: Connection) {
        self.copy = copy
        self.renamer = renamer
    }

    /// What an attempt came to.
    package enum Outcome: Hashable, Sendable {
        /// The copy is the table now; writers waited for so many seconds.
        case done(stallSeconds: Double)
        /// Others had the table in use: nothing was changed.
        case busy(String)
    }

    private var job: CopyJob { copy.job }
    private var session: CopySession { copy.session }
    private var former: String { SQL.identifier(job.names.former) }

    package func attempt() throws(CopyFailure) -> Outcome {
        guard copy.status == .ready else { return .busy("the copy is not ready") }
        try requireDefinition()
        try copy.settle()
        try Sentry(session: session).place()
        let began = ContinuousClock.now
        guard try lock() else {
            try Sentry(session: session).remove()
            return .busy(try blockers())
        }
        do throws(CopyFailure) {
            guard try copy.finish(within: readingSeconds) else {
                release()
                try Sentry(session: session).remove()
                return .busy("the binary log is read more slowly than it is written")
            }
            try keepCounter()
            try swap()
        } catch {
            release()
            throw error
        }
        let stall = (ContinuousClock.now - began) / .seconds(1)
        release()
        try copy.noteSwap()
        return .done(stallSeconds: stall)
    }

    /// The copy must be what the table is to become, to the last byte.
    private func requireDefinition() throws(CopyFailure) {
        guard try Definition.isThere(job.to, as: job.names.shadow, on: session) else {
            let made = try Definition.read(job.names.shadow, on: session)
            throw .stopped(
                "the copy of \(job.table) would have another definition than is wanted: "
                    + made.showCreate(flavour: job.flavour))
        }
    }

    // MARK: The lock

    /// Locks the table and its copy; false where that is not to be had at once.
    private func lock() throws(CopyFailure) -> Bool {
        let tables =
            [job.table, job.shadow, SQL.identifier(job.names.progress)]
            + (job.flavour == .mysql ? [] : [former])
        // Should the process stand still, the server ends the session soon, and the lock with it.
        try session.execute(Connection.silenceStatement(seconds: Self.longestSilence))
        try session.execute("SET SESSION autocommit = 0")
        let watch = Watch(patienceSeconds, session.connection.threadID, renamer)
        watch.start()
        do throws(CopyFailure) {
            try session.execute(
                "LOCK TABLES \(tables.map { "\($0) WRITE" }.joined(separator: ", "))")
            session.hasTablesLocked = true
            watch.stop()
            return true
        } catch {
            watch.stop()
            try session.execute("SET SESSION autocommit = 1")
            guard case .server(let failure) = error, Self.isWait(failure) else { throw error }
            return false
        }
    }

    /// The wait was ended: by the watch, or by the server.
    private static func isWait(_ error: MySQLError) -> Bool {
        [1205, 1317, 3024, 1969].contains(error.number)
    }

    /// For how many seconds a session that holds the lock may give no sign of life.
    private static let longestSilence = 5

    private func release() {
        session.hasTablesLocked = false
        try? session.execute("UNLOCK TABLES")
        try? session.execute("SET SESSION autocommit = 1")
        try? session.execute(Connection.silenceStatement())
    }

    /// The next number that the table would give is the next one of the copy.
    private func keepCounter() throws(CopyFailure) {
        guard job.to.columns.contains(where: \.isAutoIncrement) else { return }
        let next = try [job.table, job.shadow].map { name throws(CopyFailure) -> UInt64 in
            let text = try session.query("SHOW CREATE TABLE \(name)").first?[1] ?? ""
            let match = text.firstMatch(of: /\n\).* AUTO_INCREMENT=(\d+)/)
            return match.flatMap { UInt64($0.1) } ?? 0
        }
        guard next[0] > next[1] else { return }
        try session.execute("ALTER TABLE \(job.shadow) AUTO_INCREMENT = \(next[0])")
    }

    // MARK: The names

    private func swap() throws(CopyFailure) {
        // MySQL gives the names under the lock itself.
        if job.flavour == .mysql {
            try session.execute(job.renaming)
            return
        }
        let rename = Rename(job.renaming, on: renamer)
        rename.start()
        guard try waits(rename) else {
            release()
            _ = rename.wait()
            throw .stopped("the new names were not taken up in time: nothing was changed")
        }
        try session.execute("DROP TABLE \(former)")
        release()
        if let error = rename.wait() { throw .server(error) }
    }

    /// Whether the second session waits for the lock.
    private func waits(_ rename: Rename) throws(CopyFailure) -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(1)
        while clock.now < end {
            let state = try session.query(
                "SELECT state FROM information_schema.processlist WHERE id = \(renamer.threadID)"
            ).first?[0]
            if state?.hasPrefix("Waiting for table metadata lock") == true { return true }
            if rename.isOver { return false }
        }
        return false
    }

    /// Who has the table in use, as far as can be seen.
    private func blockers() throws(CopyFailure) -> String {
        let rows = try session.query(
            "SELECT p.id, p.user, p.time, LEFT(COALESCE(p.info, ''), 80) FROM "
                + "information_schema.processlist p JOIN information_schema.innodb_trx t "
                + "ON t.trx_mysql_thread_id = p.id WHERE p.id <> CONNECTION_ID() "
                + "ORDER BY t.trx_started LIMIT 3")
        let names = rows.map { row in
            "connection \(row[0] ?? "?") of \(row[1] ?? "?") for \(row[2] ?? "?") s: \(row[3] ?? "")"
        }
        return names.isEmpty
            ? "the table is in use"
            : "the table may be in use by " + names.joined(separator: "; ")
    }
}

/// Ends the wait of another session after a while.
private final class Watch: @unchecked Sendable {
    private let state = NSCondition()
    private var isOver = false
    private let seconds: Double
    private let id: UInt64
    private let connection: Connection

    init(_ seconds: Double, _ id: UInt64, _ connection: Connection) {
        self.seconds = seconds
        self.id = id
        self.connection = connection
    }

    func start() {
        let thread = Thread { [self] in
            state.lock()
            defer { state.unlock() }
            let end = Date(timeIntervalSinceNow: seconds)
            while !isOver, state.wait(until: end) {}
            // Held meanwhile: the session goes on only once the word is out.
            if !isOver { try? connection.execute("KILL QUERY \(id)") }
        }
        thread.name = "plumb-cutover"
        thread.start()
    }

    func stop() {
        state.lock()
        isOver = true
        state.signal()
        state.unlock()
    }
}

/// A `RENAME` in a thread of its own.
private final class Rename: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private let sql: String
    private let connection: Connection
    private let lock = NSLock()
    private var result: Result<Void, MySQLError>?

    init(_ sql: String, on connection: Connection) {
        self.sql = sql
        self.connection = connection
    }

    var isOver: Bool { lock.withLock { result != nil } }

    func start() {
        let thread = Thread { [self] in
            let answer = Result { () throws(MySQLError) in try connection.execute(sql) }
            lock.withLock { result = answer }
            done.signal()
        }
        thread.name = "plumb-rename"
        thread.start()
    }

    /// Its error, once it is over; nil where it succeeded.
    func wait() -> MySQLError? {
        done.wait()
        return lock.withLock {
            if case .failure(let error)? = result { return error }
            return nil
        }
    }
}
