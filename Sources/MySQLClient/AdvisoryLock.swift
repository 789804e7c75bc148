import Basics
import Schema

/// A named lock of a server, held by one session until it is released or the session ends.
///
/// `GET_LOCK` knows no databases: a name is the same lock for every database of the server, and
/// it locks nothing but the name.
package struct AdvisoryLock: Sendable {
    package let name: String
    private let connection: Connection

    /// Takes the lock, waiting for it up to `waitSeconds`; nil when another session keeps it.
    package static func acquire(
        name: String, on connection: Connection, waitSeconds: Int = 0
    ) throws(MySQLError) -> AdvisoryLock? {
        if let limit = connection.readTimeoutSeconds, waitSeconds >= limit {
            throw MySQLError(
                kind: .configuration,
                message: "lock \(name): waiting \(waitSeconds) s for it takes a connection with a "
                    + "read timeout above that, not \(limit) s", server: connection.server)
        }
        let rows = try connection.query(
            "SELECT GET_LOCK(\(literal(name)), \(max(0, waitSeconds)))")
        switch rows.first?[0] {
        case "1": return AdvisoryLock(name: name, connection: connection)
        case "0": return nil
        default:
            throw MySQLError(
                kind: .other, message: "lock \(name): the server could not take it",
                server: connection.server, retry: .retryable)
        }
    }

    /// The session that holds the lock, by its number on the server; nil when it is free.
    package static func holderThreadID(
        of name: String, on connection: Connection
    ) throws(MySQLError) -> UInt64? {
        try connection.query("SELECT IS_USED_LOCK(\(literal(name)))").first?[0].flatMap {
            UInt64($0)
        }
    }

    /// Whether this session still holds the lock.
    package func isHeld() throws(MySQLError) -> Bool {
        try Self.holderThreadID(of: name, on: connection) == connection.threadID
    }

    /// Gives the lock back; an error if this session did not hold it any more.
    package func release() throws(MySQLError) {
        let rows = try connection.query("SELECT RELEASE_LOCK(\(Self.literal(name)))")
        guard rows.first?[0] == "1" else {
            throw MySQLError(
                kind: .other, message: "lock \(name): this session does not hold it any more",
                server: connection.server)
        }
    }

    private static func literal(_ name: String) -> String { SQL.literal(serverName(of: name)) }

    /// The name on the server, which takes 64 characters and does not tell `a` from `A`.
    static func serverName(of name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7f && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        }
        if isPlain, !name.isEmpty, name.utf8.count <= 64 { return name }
        let readable = String(String.UnicodeScalarView(name.unicodeScalars.prefix(23)))
        return readable + "#" + Digest(of: name).hex.prefix(40)
    }
}
