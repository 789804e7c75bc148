import Basics
import Schema

/// A named lock of a server (`GET_LOCK`), held by one session until released or the session ends.
///
/// The names are server-wide: the same name is the same lock whatever database is selected, and
/// nothing else is locked by it. See
/// https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html.
package struct AdvisoryLock: Sendable {
    /// The name as the server has it.
    package let name: String
    private let connection: Connection

    /// Takes the lock, waiting up to `waitSeconds`; nil where another session holds it.
    package static func acquire(
        name: String, on connection: Connection, waitSeconds: Int = 0
    ) throws(MySQLError) -> AdvisoryLock? {
        if let limit = connection.readTimeoutSeconds, waitSeconds >= limit {
            throw MySQLError(
                kind: .configuration,
                message: "lock \(name): waiting \(waitSeconds) s for it takes a connection with a "
                    + "read timeout above that, not \(limit) s", server: connection.server)
        }
        let rows = try connection.query(statement(name: name, waitSeconds: waitSeconds))
        return try taken(name, on: connection, answer: rows)
    }

    /// The statement that takes a lock, to be sent with others; ``taken(_:on:answer:)`` reads what
    /// the server answers.
    package static func statement(name: String, waitSeconds: Int = 0) -> String {
        "SELECT GET_LOCK(\(literal(name)), \(max(0, waitSeconds)))"
    }

    /// The lock that the session took; nil where another session holds it.
    package static func taken(
        _ name: String, on connection: Connection, answer rows: [Row]
    ) throws(MySQLError) -> AdvisoryLock? {
        switch rows.first?[0] {
        case "1": return AdvisoryLock(name: name, connection: connection)
        case "0": return nil
        default:
            throw MySQLError(
                kind: .other, message: "lock \(name): the server could not take it",
                server: connection.server, retry: .retryable)
        }
    }

    /// The connection id of the session that holds the lock; nil where nobody does.
    package static func holderThreadID(
        of name: String, on connection: Connection
    ) throws(MySQLError) -> UInt64? {
        try connection.query(holderQuestion(of: name)).first?[0].flatMap { UInt64($0) }
    }

    /// Asks for the connection id of the session that holds the lock; the answer is NULL where
    /// nobody does.
    package static func holderQuestion(of name: String) -> String {
        "SELECT IS_USED_LOCK(\(literal(name)))"
    }

    /// Asks for one column for each lock, which is 1 where nobody holds it.
    package static func freedomQuestion(of names: [String]) -> String {
        "SELECT " + names.map { "IS_FREE_LOCK(\(literal($0)))" }.joined(separator: ", ")
    }

    /// Whether this session still holds the lock.
    package func isHeld() throws(MySQLError) -> Bool {
        try Self.holderThreadID(of: name, on: connection) == connection.threadID
    }

    /// Releases the lock; throws where this session no longer held it.
    package func release() throws(MySQLError) {
        let rows = try connection.query("SELECT RELEASE_LOCK(\(Self.literal(name)))")
        guard rows.first?[0] == "1" else {
            throw MySQLError(
                kind: .other, message: "lock \(name): this session does not hold it any more",
                server: connection.server)
        }
    }

    /// Gives the lock back; where that cannot be, the session ends, and the lock with it.
    ///
    /// A session that is kept for later would hold it against everybody else.
    package func releaseOrEndSession() {
        connection.endUnless { () throws(MySQLError) in try release() }
    }

    private static func literal(_ name: String) -> String { SQL.literal(serverName(of: name)) }

    /// The name for the server, which allows 64 characters and ignores letter case.
    static func serverName(of name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7f && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        }
        if isPlain, !name.isEmpty, name.utf8.count <= 64 { return name }
        let readable = String(String.UnicodeScalarView(name.unicodeScalars.prefix(23)))
        return readable + "#" + Digest(of: name).hex.prefix(40)
    }
}
