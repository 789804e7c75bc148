import Basics
import CMySQL
import Foundation
import Schema

/// A session with one server; every call blocks the calling thread.
///
/// One thread at a time may use it; a ``SessionKeeper`` may keep it alive beside that thread.
/// Sessions use utf8mb4 and the server's time zone, wait for locks for at most
/// `lockWaitTimeoutSeconds`, and have the server's SQL mode without the modes that change how
/// `SHOW CREATE` prints (`SQLMode`).
// Sendable: the handle may move between threads; the pool lends it to one thread at a time.
package final class Connection: @unchecked Sendable {
    /// The server's address.
    package let server: ServerAddress
    /// The connection id on the server, as `KILL` and `IS_USED_LOCK` use it.
    package let threadID: UInt64
    /// The version that the server's greeting announces: `10.11.19-MariaDB-log`.
    package let serverVersion: String
    /// False once the session is lost or closed; the connection cannot be used any more then.
    package private(set) var isUsable = true
    /// The name of the TLS cipher; nil where the session is not encrypted.
    package let cipher: String?

    /// How the server compares the names of tables.
    package internal(set) var nameFolding = NameFolding.bytes

    private var handle: UnsafeMutablePointer<MYSQL>?
    private let lockWaitTimeoutSeconds: Int
    /// The server's settings when the session was set up.
    private(set) var basis = SessionBasis(sqlMode: "", timeZone: "")
    /// Whether the server's settings were read since the session was lent.
    var hasLooked = false
    /// How often it has waited for an answer of the server since the session began.
    private(set) var roundTrips = 0
    let readTimeoutSeconds: Int?
    /// Asked while an answer is waited for: whether it still is, after so many seconds. Nil where
    /// the read timeout alone decides.
    package var isWorthWaiting: (@Sendable (Double) -> Bool)?
    /// Locked while the session is used: its thread is never kept from it for long by a keeper,
    /// which waits for nothing.
    private let turn = NSRecursiveLock()
    /// The signs of life whose answers are still to be read.
    private var unread = 0
    /// When the session began.
    private let began = ContinuousClock.now
    /// When the session was used last.
    private var lastUse = ContinuousClock.now

    /// Connects, authenticates and sets the session up.
    package init(
        to server: ServerAddress, settings: ConnectionSettings, database: String? = nil
    ) throws(MySQLError) {
        let complete = try settings.withOptionFile(server: server)
        let handle = try Handshake.connect(to: server, settings: complete, database: database)
        self.server = server
        self.handle = handle
        readTimeoutSeconds = complete.readTimeoutSeconds
        lockWaitTimeoutSeconds = complete.lockWaitTimeoutSeconds
        threadID = UInt64(mysql_thread_id(handle))
        serverVersion = mysql_get_server_info(handle).map { String(cString: $0) } ?? ""
        cipher = mysql_get_ssl_cipher(handle).map { String(cString: $0) }
        basis = try setUpSession(lockWaitTimeoutSeconds: lockWaitTimeoutSeconds)
    }

    deinit {
        close()
    }

    /// Ends the session; the connection cannot be used afterwards.
    package func close() {
        turn.lock()
        defer { turn.unlock() }
        isUsable = false
        if let open = handle { mysql_close(open) }
        handle = nil
    }

    /// Selects the database that unqualified names refer to.
    package func select(database: String) throws(MySQLError) {
        try beginUse()
        defer { endUse() }
        let handle = try usableHandle()
        let started = Date()
        roundTrips += 1
        guard mysql_select_db(handle, database) == 0 else {
            throw try statementError(started: started, during: .reading)
        }
    }

    /// Makes a used session like a new one, in two round trips: no transaction, lock, variable or
    /// temporary table is left, and the limits are lifted.
    func reset() throws(MySQLError) {
        try beginUse()
        defer { endUse() }
        let handle = try usableHandle()
        let started = Date()
        roundTrips += 1
        guard mysql_reset_connection(handle) == 0 else {
            throw lost(started: started, during: .reading)
        }
        basis = try setUpAnew(lockWaitTimeoutSeconds: lockWaitTimeoutSeconds, from: basis)
    }

    /// Sets the session up again where the server's settings have changed since it was set up.
    func renewSession(for now: SessionBasis) throws(MySQLError) {
        hasLooked = true
        guard now != basis else { return }
        basis = try setUpSession(lockWaitTimeoutSeconds: lockWaitTimeoutSeconds)
    }

    /// How old the session is.
    var age: Duration { began.duration(to: .now) }

    /// Whether the server has sent nothing, as it should while the session is idle.
    var isQuiet: Bool {
        guard isUsable, let handle else { return false }
        var descriptor = pollfd(
            fd: mysql_get_socket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 0
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool {
        guard let handle else { return false }
        return handle.pointee.server_status & UInt32(SERVER_STATUS_IN_TRANS) != 0
    }

    /// Runs a statement that changes something; rows that it returns are ignored.
    ///
    /// Where the session is lost or a time limit passes, the error's retry class is
    /// `.indeterminate`: the server may or may not have carried out the statement.
    package func execute(_ sql: String) throws(MySQLError) {
        try run(Self.parsedByItself(sql), during: .changing) { _ in }
    }

    /// The same, with `next` sent right behind it, which runs whether the first is refused or not;
    /// both take one round trip.
    ///
    /// What becomes of `next` is not reported: where it fails, the session has not what it sets.
    package func execute(_ sql: String, then next: String?) throws(MySQLError) {
        guard let next else { return try execute(sql) }
        try beginUse()
        defer { endUse() }
        let started = Date()
        try send(Self.parsedByItself(sql), during: .changing)
        try send(next, during: .changing)
        roundTrips += 1
        try awaitAnswer(since: started, during: .changing)
        var failure: MySQLError?
        try receive(started: started, during: .changing) { result in
            if case .failure(let error) = result { failure = error }
        }
        try? receive(started: started, during: .changing) { _ in }
        if let failure { throw failure }
    }

    /// Runs a statement that only reads; returns all its rows.
    package func query(_ sql: String) throws(MySQLError) -> [Row] {
        var rows: [Row] = []
        try run(sql, during: .reading) { result in
            rows.reserveCapacity(result.count)
            while let row = result.next() { rows.append(Row(row)) }
        }
        return rows
    }

    /// The answers to short statements, all in one round trip; each has its own error.
    ///
    /// All of them run, whatever becomes of the others; only a lost session throws.
    package func answers(
        to statements: [String]
    ) throws(MySQLError) -> [Result<[Row], MySQLError>] {
        var answers: [Result<[Row], MySQLError>] = []
        try pipeline(statements, depth: Self.deepest) { _, result in
            answers.append(
                result.map { result in
                    var rows: [Row] = []
                    while let row = result.next() { rows.append(Row(row)) }
                    return rows
                })
        }
        return answers
    }

    /// Sends `statements` without waiting for each answer, and calls `each` with every answer in
    /// order.
    ///
    /// At most `depth` statements, and no more bytes than a socket's buffer holds, are sent ahead:
    /// with more, server and client could both block while writing. A statement that fails is a
    /// `.failure` of its own, and the others still run; only a lost session throws. Rows are valid
    /// only during the call of `each`.
    package func pipeline(
        _ statements: [String], depth: Int = 30,
        each: (Int, Result<RawRows, MySQLError>) -> Void
    ) throws(MySQLError) {
        try beginUse()
        defer { endUse() }
        let started = Date()
        var next = 0
        while next < statements.count {
            let batch = Self.batch(of: statements, from: next, depth: depth)
            for index in batch { try send(statements[index], during: .reading) }
            roundTrips += 1
            try awaitAnswer(since: started, during: .reading)
            for index in batch {
                try receive(started: started, during: .reading) { each(index, $0) }
            }
            next = batch.upperBound
        }
    }

    /// The most statements that are sent ahead.
    private static let deepest = 64

    /// The statements from `start` on that are sent before the first answer is read.
    static func batch(of statements: [String], from start: Int, depth: Int) -> Range<Int> {
        let maximumBytes = 32 * 1024
        var end = start
        var bytes = 0
        while end < statements.count, end - start < min(max(1, depth), deepest) {
            bytes += statements[end].utf8.count
            if end > start, bytes > maximumBytes { break }
            end += 1
        }
        return start..<end
    }

    /// The answer to one statement; the first error ends it.
    private func run(
        _ sql: String, during activity: Activity, _ body: (RawRows) -> Void
    ) throws(MySQLError) {
        try beginUse()
        defer { endUse() }
        let started = Date()
        try send(sql, during: activity)
        roundTrips += 1
        try awaitAnswer(since: started, during: activity)
        var failure: MySQLError?
        try receive(started: started, during: activity) { result in
            switch result {
            case .success(let rows): body(rows)
            case .failure(let error): failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Takes the session for its thread, and reads the answers to signs of life before anything
    /// else is sent.
    private func beginUse() throws(MySQLError) {
        turn.lock()
        do throws(MySQLError) {
            if unread > 0 { try awaitAnswer(since: Date(), during: .reading) }
            while unread > 0 {
                unread -= 1
                try receive(started: Date(), during: .reading) { _ in }
            }
        } catch {
            turn.unlock()
            throw error
        }
    }

    private func endUse() {
        lastUse = .now
        turn.unlock()
    }

    /// Sends the server a sign of life where nothing was sent for as long, and nothing is under
    /// way; waits for no answer.
    func showLife(after silence: Duration) {
        guard turn.try() else { return }
        defer { turn.unlock() }
        guard isUsable, unread < Self.mostUnread, lastUse.duration(to: .now) >= silence else {
            return
        }
        do throws(MySQLError) {
            try send("DO 0", during: .reading)
            unread += 1
            lastUse = .now
        } catch {
            // Whoever uses the session next hears that it is lost.
        }
    }

    /// The answers, of some bytes each, that stay in the buffers of a connection.
    private static let mostUnread = 2_000

    private func send(_ sql: String, during activity: Activity) throws(MySQLError) {
        let handle = try usableHandle()
        let started = Date()
        var text = sql
        let status = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                mysql_send_query(handle, $0.baseAddress, UInt($0.count))
            }
        }
        guard status == 0 else { throw lost(started: started, during: activity) }
    }

    /// Returns once the server has begun to answer, or the session is over; throws where it is not
    /// worth waiting any longer.
    ///
    /// To be called where all answers before have been read: of those that come together some are
    /// in the library's buffers, and nothing is to be seen of them here.
    private func awaitAnswer(since started: Date, during activity: Activity) throws(MySQLError) {
        guard let isWorthWaiting else { return }
        let handle = try usableHandle()
        while true {
            var descriptor = pollfd(
                fd: mysql_get_socket(handle), events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, Self.sliceMilliseconds) == 0 else { return }
            let seconds = -started.timeIntervalSinceNow
            if let limit = readTimeoutSeconds, seconds >= Double(limit) { return }
            guard !isWorthWaiting(seconds) else { continue }
            isUsable = false
            throw MySQLError(
                kind: .timeout,
                message: "no answer within \(Int(seconds.rounded())) s, and the end was asked for",
                server: server, retry: activity == .changing ? .indeterminate : .retryable)
        }
    }

    /// How long an answer is waited for before anybody is asked whether it still is.
    private static let sliceMilliseconds: Int32 = 200

    /// Reads one answer. Throws where the session is lost; a statement's own error goes to `body`.
    private func receive(
        started: Date, during activity: Activity, _ body: (Result<RawRows, MySQLError>) -> Void
    ) throws(MySQLError) {
        let handle = try usableHandle()
        // The error number stays set after a later success, so only the return code counts.
        guard mysql_read_query_result(handle) == 0 else {
            body(.failure(try statementError(started: started, during: activity)))
            return
        }
        var result: UnsafeMutablePointer<MYSQL_RES>?
        if mysql_field_count(handle) > 0 {
            result = mysql_store_result(handle)
            guard result != nil else {
                body(.failure(try statementError(started: started, during: activity)))
                return
            }
        }
        defer { mysql_free_result(result) }
        guard skipFurtherResults(handle) else {
            body(.failure(try statementError(started: started, during: activity)))
            return
        }
        body(.success(RawRows(result)))
    }

    /// Skips the further results that a called procedure returns; false where that fails.
    private func skipFurtherResults(_ handle: UnsafeMutablePointer<MYSQL>) -> Bool {
        while mysql_more_results(handle) != 0 {
            guard mysql_next_result(handle) == 0 else { return false }
            guard mysql_field_count(handle) > 0 else { continue }
            guard let result = mysql_store_result(handle) else { return false }
            mysql_free_result(result)
        }
        return true
    }

    /// The library's handle; throws where the session is over.
    func usableHandle() throws(MySQLError) -> UnsafeMutablePointer<MYSQL> {
        guard isUsable, let handle else {
            throw MySQLError(
                kind: .lostConnection, message: "the connection is closed", server: server)
        }
        return handle
    }

    /// The statement's own error; throws where the session was lost.
    private func statementError(
        started: Date, during activity: Activity
    ) throws(MySQLError) -> MySQLError {
        let error = lastError(started: started, during: activity)
        // Errors of the client library: the rest of the protocol stream is unknown after them.
        let isClientError =
            (2000..<3000).contains(error.number) || (5000..<6000).contains(error.number)
        if error.kind == .lostConnection || isClientError {
            throw lost(started: started, during: activity)
        }
        return error
    }

    /// Marks the connection as unusable and returns why.
    func lost(started: Date, during activity: Activity) -> MySQLError {
        var error = lastError(started: started, during: activity)
        if activity == .changing { error.retry = .indeterminate }
        isUsable = false
        return error
    }

    private func lastError(started: Date, during activity: Activity) -> MySQLError {
        guard let handle else {
            return MySQLError(
                kind: .lostConnection, message: "the connection is closed", server: server)
        }
        var error = Handshake.lastError(of: handle, server: server, during: activity)
        if error.kind == .lostConnection, let limit = readTimeoutSeconds,
            Date().timeIntervalSince(started) >= Double(limit)
        {
            error.kind = .timeout
            error.message = "no answer within the read timeout of \(limit) s: \(error.message)"
        }
        return error
    }
}
