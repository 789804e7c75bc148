import Basics
import Schema

/// A failure of a connection or statement.
package struct MySQLError: RemediedError, Sendable, Equatable {
    /// The kinds of failure that callers tell apart.
    package enum Kind: String, Sendable, CaseIterable {
        /// No session could be opened: nothing listens there, or there is no such host.
        case unreachable
        /// The server, or the account, has as many sessions open as are allowed.
        case connectionLimit
        /// The account has used up its hourly limit (`MAX_QUERIES_PER_HOUR` and the like).
        case hourlyLimit
        case accessDenied
        /// The login is correct, but the account lacks a privilege.
        case missingGrant
        case unknownDatabase
        case unknownTable
        case tableExists
        /// The session ended while a statement ran.
        case lostConnection
        /// A time limit ended the statement.
        case timeout
        case lockWaitTimeout
        case deadlock
        case syntax
        /// The server cannot run the change with the requested algorithm or lock.
        case algorithmUnsupported
        /// Existing rows do not allow the change.
        case dataConflict
        case diskFull
        case readOnly
        /// The server refuses the statement as unsafe, for example for replication.
        case unsafeStatement
        case tls
        /// A fault in Plumb's settings or an option file, or a server that Plumb does not support.
        case configuration
        case other
    }

    package var kind: Kind
    /// The server's or client library's error number; 0 for Plumb's own checks.
    package var number: UInt32
    /// The five-character SQLSTATE.
    package var sqlState: String
    package var message: String
    package var server: ServerAddress
    package var retry: RetryClass

    package init(
        kind: Kind, number: UInt32 = 0, sqlState: String = "", message: String,
        server: ServerAddress, retry: RetryClass? = nil
    ) {
        self.kind = kind
        self.number = number
        self.sqlState = sqlState
        self.message = message
        self.server = server
        self.retry = retry ?? kind.retry
    }
}

extension MySQLError.Kind {
    /// Whether trying again can help, where nothing was being changed.
    var retry: RetryClass {
        switch self {
        // A read-only server may be a replica that is about to become the primary.
        case .unreachable, .connectionLimit, .lostConnection, .timeout, .lockWaitTimeout,
            .deadlock, .readOnly:
            .retryable
        case .hourlyLimit, .accessDenied, .missingGrant, .unknownDatabase, .unknownTable,
            .tableExists, .syntax,
            .algorithmUnsupported, .dataConflict, .diskFull, .unsafeStatement, .tls, .configuration,
            .other:
            .permanent
        }
    }
}

extension MySQLError.Kind {
    /// Whether the cause is the server or the account's rights, not the statement.
    package var isAboutServerOrAccount: Bool {
        switch self {
        case .unreachable, .connectionLimit, .hourlyLimit, .missingGrant, .lostConnection,
            .timeout, .diskFull, .readOnly:
            true
        case .accessDenied, .unknownDatabase, .unknownTable, .tableExists, .lockWaitTimeout,
            .deadlock, .syntax, .algorithmUnsupported, .dataConflict, .unsafeStatement, .tls,
            .configuration, .other:
            false
        }
    }
}

extension MySQLError {
    package var fault: String {
        let place = number == 0 ? "" : " (error \(number), SQLSTATE \(sqlState))"
        return "\(server): \(message)\(place)"
    }

    package var remedy: String? {
        // Plumb lifts the limits of its sessions: this one was set later, or somebody used KILL.
        if Self.statementLimits.contains(number) {
            return "a time limit of the server or the account ended it (max_statement_time, "
                + "max_execution_time, MAX_STATEMENT_TIME): raise it; trying again ends alike"
        }
        return kind.remedy
    }

    /// `ER_STATEMENT_TIMEOUT` of MariaDB and `ER_QUERY_TIMEOUT` of MySQL.
    static let statementLimits: Set<UInt32> = [1969, 3024]
}

extension MySQLError.Kind {
    /// What to do about it; nil where the message says so itself, or there is no one answer.
    fileprivate var remedy: String? {
        switch self {
        case .unreachable: "check that the server runs and that this address and port reach it"
        case .connectionLimit:
            "raise max_user_connections of the account or max_connections of the server, or end "
                + "sessions: Plumb needs 2 at once, and uses more where it may"
        case .hourlyLimit:
            "raise the account's limit for an hour (ALTER USER … WITH …), or wait for the next one"
        case .accessDenied: "check the user, the password and the hosts the account may come from"
        case .missingGrant: "grant the account the privilege named"
        case .unknownDatabase: "create the database or correct its name in the fleet file"
        case .lostConnection: "check the server's error log; it restarted or ended the session"
        case .timeout: "a time limit ended it: raise the limit or find what the server waits for"
        case .lockWaitTimeout: "another session holds the lock: end it or try in a quieter hour"
        case .diskFull: "free space on the server"
        case .readOnly:
            "the server takes no changes: point at the primary, or let the shard be changed all "
                + "the same (`read_only: allow`) by an account that may"
        case .tls:
            "check the server's certificate; name its authority (`tls: {ca: …}`, or `ssl-ca` of an "
                + "option file), or set a weaker `mode` explicitly"
        case .unknownTable, .tableExists, .deadlock, .syntax, .algorithmUnsupported,
            .dataConflict, .unsafeStatement, .configuration, .other:
            nil
        }
    }
}
