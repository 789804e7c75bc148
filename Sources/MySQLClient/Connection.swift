import Basics
import CMySQL
import Foundation
import Schema

/// A session with one server; every call blocks the calling thread.
///
/// One thread at a time may use it. Sessions speak utf8mb4, wait for locks only for
/// `lockWaitTimeoutSeconds`, have the server's time zone, and its SQL mode without what changes
/// how a schema is written back (`SQLMode`).
// Sendable: the handle may move between threads; the pool lends it to one thread at a time.
package final class Connection: @unchecked Sendable {
    package let server: ServerAddress
    /// The server's own number of this session, as `KILL` and `IS_USED_LOCK` know it.
    package let threadID: UInt64
    /// As the server announces it, `10.11.19-MariaDB-log`.
    package let serverVersion: String
    /// False once the session is lost or closed: throw the connection away.
    package private(set) var isUsable = true
    /// The name of the cipher in use; nil when the session is not encrypted.
    package let cipher: String?

    /// How the server compares the names of tables.
    package internal(set) var nameFolding = NameFolding.bytes

    private var handle: UnsafeMutablePointer<MYSQL>?
    private let lockWaitTimeoutSeconds: Int
    /// What the server's settings were when the session was set up.
    private(set) var basis = SessionBasis(sqlMode: "", timeZone: "")
    /// Whether the server's settings were asked for since the session was lent.
    var hasLooked = false
    let readTimeoutSeconds: Int?

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

    /// Ends the session; the connection is of no use afterwards.
    package func close() {
        isUsable = false
        if let open = handle { mysql_close(open) }
        handle = nil
    }

    /// Makes `database` the one that unqualified names mean.
    package func select(database: String) throws(MySQLError) {
        let handle = try usableHandle()
        let started = Date()
        guard mysql_select_db(handle, database) == 0 else {
            throw try statementError(started: started, during: .reading)
        }
    }

    /// Makes the session as good as new: no transaction, lock, variable or temporary table is left.
    func reset() throws(MySQLError) {
        let handle = try usableHandle()
        let started = Date()
        guard mysql_reset_connection(handle) == 0 else {
            throw lost(started: started, during: .reading)
        }
        basis = try setUpSession(lockWaitTimeoutSeconds: lockWaitTimeoutSeconds)
    }

    /// Sets the session up anew where the server's settings are others than they were then.
    func renewSession(for now: SessionBasis) throws(MySQLError) {
        hasLooked = true
        guard now != basis else { return }
        basis = try setUpSession(lockWaitTimeoutSeconds: lockWaitTimeoutSeconds)
    }

    /// Whether the server is silent, as it is while a healthy session has nothing to do.
    var isQuiet: Bool {
        guard isUsable, let handle else { return false }
        var descriptor = pollfd(
            fd: mysql_get_socket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 0
    }

    /// Whether a transaction was begun and not ended.
    var isInTransaction: Bool {
        guard let handle else { return false }
        return handle.pointee.server_status & UInt32(SERVER_STATUS_IN_TRANS) != 0
    }

    /// Runs a statement that changes something, and throws away rows it may return.
    ///
    /// A lost session or a time limit throws an error of class `.indeterminate`: the server may
    /// or may not have done it.
    package func execute(_ sql: String) throws(MySQLError) {
        try run(sql, during: .changing) { _ in }
    }

    /// Runs a statement that reads, and returns all its rows.
    package func query(_ sql: String) throws(MySQLError) -> [Row] {
        var rows: [Row] = []
        try run(sql, during: .reading) { result in
            rows.reserveCapacity(result.count)
            while let row = result.next() { rows.append(Row(row)) }
        }
        return rows
    }

    /// Sends `statements` without waiting for each answer, and hands over every answer in order.
    ///
    /// At most `depth` statements, and few enough bytes to fit a socket's buffer, are under way at
    /// once: with more, server and client can both block on writing to each other. A statement
    /// that fails is a `.failure` of its own and does not keep the others from running; only a
    /// lost session throws. The rows are valid only during the call of `each`.
    package func pipeline(
        _ statements: [String], depth: Int = 30,
        each: (Int, Result<RawRows, MySQLError>) -> Void
    ) throws(MySQLError) {
        let started = Date()
        var next = 0
        while next < statements.count {
            let batch = Self.batch(of: statements, from: next, depth: depth)
            for index in batch { try send(statements[index], during: .reading) }
            for index in batch {
                try receive(started: started, during: .reading) { each(index, $0) }
            }
            next = batch.upperBound
        }
    }

    /// The statements from `start` on that are sent before the first answer is read.
    static func batch(of statements: [String], from start: Int, depth: Int) -> Range<Int> {
        let maximumDepth = 64
        let maximumBytes = 32 * 1024
        var end = start
        var bytes = 0
        while end < statements.count, end - start < min(max(1, depth), maximumDepth) {
            bytes += statements[end].utf8.count
            if end > start, bytes > maximumBytes { break }
            end += 1
        }
        return start..<end
    }

    /// The answer to a question that fits one statement; the first error ends it.
    private func run(
        _ sql: String, during activity: Activity, _ body: (RawRows) -> Void
    ) throws(MySQLError) {
        let started = Date()
        try send(sql, during: activity)
        var failure: MySQLError?
        try receive(started: started, during: activity) { result in
            switch result {
            case .success(let rows): body(rows)
            case .failure(let error): failure = error
            }
        }
        if let failure { throw failure }
    }

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

    /// Reads one answer. Throws when the session is lost; a statement's own failure goes to `body`.
    private func receive(
        started: Date, during activity: Activity, _ body: (Result<RawRows, MySQLError>) -> Void
    ) throws(MySQLError) {
        let handle = try usableHandle()
        // The number stays set after a later success: only the return code tells.
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

    /// Reads past what a called procedure returns after its first result; false when that fails.
    private func skipFurtherResults(_ handle: UnsafeMutablePointer<MYSQL>) -> Bool {
        while mysql_more_results(handle) != 0 {
            guard mysql_next_result(handle) == 0 else { return false }
            guard mysql_field_count(handle) > 0 else { continue }
            guard let result = mysql_store_result(handle) else { return false }
            mysql_free_result(result)
        }
        return true
    }

    private func usableHandle() throws(MySQLError) -> UnsafeMutablePointer<MYSQL> {
        guard isUsable, let handle else {
            throw MySQLError(
                kind: .lostConnection, message: "the connection is closed", server: server)
        }
        return handle
    }

    /// The statement's own error, or throws when the session went with it.
    private func statementError(
        started: Date, during activity: Activity
    ) throws(MySQLError) -> MySQLError {
        let error = lastError(started: started, during: activity)
        // In these ranges the client library speaks: what comes next on the wire is unknown.
        let isClientError =
            (2000..<3000).contains(error.number) || (5000..<6000).contains(error.number)
        if error.kind == .lostConnection || isClientError {
            throw lost(started: started, during: activity)
        }
        return error
    }

    /// Marks the connection as broken and says why.
    private func lost(started: Date, during activity: Activity) -> MySQLError {
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
