import Basics
import Schema

/// What the connection was doing when an error occurred.
enum Activity: Equatable {
    case connecting
    /// Nothing on the server changes, so an unknown outcome does no harm.
    case reading
    /// Something may have changed: a lost session leaves the outcome unknown.
    case changing
}

extension MySQLError {
    /// Translates an error number of the server or of the client library.
    static func translated(
        number: UInt32, sqlState: String, message: String, server: ServerAddress,
        during activity: Activity
    ) -> MySQLError {
        var kind = Kind(number: number, message: message)
        if activity == .connecting, kind == .lostConnection { kind = .unreachable }
        // After the handshake no certificate is checked: the session ended, and TLS noticed first.
        if activity != .connecting, number == tlsFailed { kind = .lostConnection }
        var error = MySQLError(
            kind: kind, number: number, sqlState: sqlState, message: message, server: server)
        if activity == .changing, kind.leavesOutcomeUnknown { error.retry = .indeterminate }
        // A statement that a limit ended changed nothing, and would reach the limit again.
        if activity == .changing, statementLimits.contains(number) { error.retry = .permanent }
        if passingNumbers.contains(number) { error.retry = .retryable }
        if number == interrupted {
            error.retry = activity == .changing ? .indeterminate : .retryable
        }
        return error
    }

    /// `CR_SSL_CONNECTION_ERROR`: in the handshake, or with any byte read or written later.
    private static let tlsFailed: UInt32 = 2026

    /// `ER_QUERY_INTERRUPTED`: somebody killed the statement.
    private static let interrupted: UInt32 = 1317

    /// Errors of permanent kinds whose cause passes by itself.
    private static let passingNumbers: Set<UInt32> = [
        1615,  // the statement has to be prepared again
        1412,  // the table's definition changed under the transaction
        1637,  // too many transactions
    ]
}

extension MySQLError.Kind {
    fileprivate var leavesOutcomeUnknown: Bool { self == .lostConnection || self == .timeout }

    /// The kind for an error number; the message counts only where one number has two meanings.
    ///
    /// Numbers: https://mariadb.com/kb/en/mariadb-error-code-reference/ and, from 3000 up,
    /// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
    init(number: UInt32, message: String) {
        switch number {
        case 1040, 1203: self = .connectionLimit
        case 1226: self = message.contains("max_user_connections") ? .connectionLimit : .hourlyLimit
        // 1047: a node of a Galera cluster that is not ready.
        case 1047, 2001...2005, 2009, 2012, 5000, 5001: self = .unreachable
        case 1045, 1129, 1130, 1251, 1698, 1820, 1862, 3118, 3955, 4151: self = .accessDenied
        case 1044, 1142, 1143, 1227, 1370, 1410, 1419: self = .missingGrant
        case 1049: self = .unknownDatabase
        case 1051, 1109, 1146, 1932: self = .unknownTable
        case 1050: self = .tableExists
        case 1053, 1152, 1184, 1927, 2006, 2013, 2055, 3169, 4031: self = .lostConnection
        case 1159, 1161, 1969, 3024: self = .timeout
        case 1205, 3572: self = .lockWaitTimeout
        case 1213, 1614: self = .deadlock
        case 1064, 1149: self = .syntax
        case 1845, 1846: self = .algorithmUnsupported
        case 1022, 1048, 1062, 1138, 1169, 1263...1265, 1292, 1366, 1367, 1406, 1411, 1416, 1451,
            1452, 1526, 1569, 1586, 1690, 1737, 1761, 1762, 3140, 3156, 3819, 4025, 4078:
            self = .dataConflict
        case 1021, 1114: self = .diskFull
        // A file could not be created or written: the message has the system's error number.
        case 1, 3, 1004...1006, 1016, 1026, 1030:
            self = Self.saysDiskFull(message) ? .diskFull : .other
        case 1290: self = message.contains("read") ? .readOnly : .configuration
        case 1792, 1836, 1874, 3989: self = .readOnly
        case 1175, 1592, 1665...1668, 1785...1787, 3750: self = .unsafeStatement
        case 2026, 3159: self = .tls
        case 1115, 1193, 1235, 1286, 2007, 2019, 2047, 2049, 2059, 2061, 5004, 5008...5010:
            self = .configuration
        default: self = .other
        }
    }

    /// Whether the message has `ENOSPC` or `EDQUOT`: `error 28`, `errno: 28`, `Errcode: 122`.
    private static func saysDiskFull(_ message: String) -> Bool {
        let message = message.lowercased()
        return ["error", "errno:", "errcode:", "error:"].contains { word in
            [28, 122].contains { number in
                message.contains("\(word) \(number) ") || message.contains("\(word) \(number))")
                    || message.hasSuffix("\(word) \(number)")
            }
        } || message.contains("no space left on device")
    }
}
