import Basics
import Schema

/// What went wrong between Plumb and a server.
package struct MySQLError: RemediedError, Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// No session could be had: nothing listens, no such host.
        case unreachable
        /// As many sessions are open as the server, or the account, may have.
        case connectionLimit
        /// The account did in this hour what it may do in one.
        case hourlyLimit
        case accessDenied
        /// The account is right but lacks a privilege.
        case missingGrant
        case unknownDatabase
        case unknownTable
        case tableExists
        /// The session ended under a statement.
        case lostConnection
        /// A time limit ended the statement.
        case timeout
        case lockWaitTimeout
        case deadlock
        case syntax
        /// The server cannot run the change with the algorithm or lock that was asked for.
        case algorithmUnsupported
        /// The rows that are there do not fit the change.
        case dataConflict
        case diskFull
        case readOnly
        /// The server refuses the statement as unsafe, for example for replication.
        case unsafeStatement
        case tls
        /// Plumb's own settings, an option file, or a server Plumb does not know.
        case configuration
        case other
    }

    package var kind: Kind
    /// The server's or client library's error number; 0 for Plumb's own checks.
    package var number: UInt32
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
    /// Whether trying again can help when nothing was being changed.
    var retry: RetryClass {
        switch self {
        // A server that is read-only is another's replica for the moment.
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
    /// Whether the server, or what the account may do on it, is at fault, and not the statement.
    package var isTheServers: Bool {
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
        // The statement's own limits are lifted: somebody's `KILL`, or a limit that came later.
        if Self.statementLimits.contains(number) {
            return "a time limit of the server or the account ended it (max_statement_time, "
                + "max_execution_time, MAX_STATEMENT_TIME): raise it; trying again ends alike"
        }
        return kind.remedy
    }

    /// `ER_STATEMENT_TIMEOUT` of MariaDB, `ER_QUERY_TIMEOUT` of MySQL.
    static let statementLimits: Set<UInt32> = [1969, 3024]
}

extension MySQLError.Kind {
    /// What to do about it; nil where the message itself says so, or no one answer fits.
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
                + "option file), or say a lesser mode in so many words"
        case .unknownTable, .tableExists, .deadlock, .syntax, .algorithmUnsupported,
            .dataConflict, .unsafeStatement, .configuration, .other:
            nil
        }
    }
}
