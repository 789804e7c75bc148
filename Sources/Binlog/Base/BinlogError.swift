import Basics

/// Why a binary log cannot be read, or a row of it not be decoded.
package struct BinlogError: RemediedError, Sendable, Equatable {
    /// The kinds of failure that callers tell apart.
    package enum Kind: String, Sendable, CaseIterable {
        /// The server does not have the asked place any more, or never had it: what happened since
        /// is not known, and reading on elsewhere would leave changes out.
        case purged
        /// The session ended, or no heartbeat came.
        case lostConnection
        /// The account lacks a privilege.
        case missingGrant
        /// The server's settings leave changes, or parts of rows, out of its binary log.
        case wrongFormat
        /// Bytes that no server writes: a damaged log, or somebody in between.
        case damaged
        /// An event, type of column or server that Plumb does not read.
        case unsupported
        /// The table is another than the one whose definition was given.
        case definitionChanged
        /// Any other error of the server.
        case server
    }

    package let kind: Kind
    /// What failed.
    package let message: String
    /// Where in the log, if known.
    package private(set) var place: BinlogPosition?
    /// Whether trying again, from the place that was reached, can help.
    package let retry: RetryClass

    package init(_ kind: Kind, _ message: String, retry: RetryClass? = nil) {
        self.kind = kind
        self.message = message
        self.retry = retry ?? kind.retry
    }

    /// The same error with the place of the event it is about, unless it has one.
    func at(_ place: BinlogPosition) -> BinlogError {
        var error = self
        error.place = self.place ?? place
        return error
    }

    package var fault: String { place.map { "binary log at \($0): \(message)" } ?? message }

    package var remedy: String? { kind.remedy }
}

extension BinlogError.Kind {
    fileprivate var retry: RetryClass {
        switch self {
        case .lostConnection, .definitionChanged: .retryable
        case .purged, .missingGrant, .wrongFormat, .damaged, .unsupported, .server: .permanent
        }
    }

    /// What to do about it; nil where the message says so itself, or there is no one answer.
    fileprivate var remedy: String? {
        switch self {
        case .purged:
            "begin anew, and let the server keep its logs for longer than a change takes "
                + "(binlog_expire_logs_seconds)"
        case .lostConnection:
            "check the network and the server's error log; reading can go on behind the last whole "
                + "transaction"
        case .missingGrant:
            "grant the account REPLICATION SLAVE, and REPLICATION CLIENT (in MariaDB BINLOG "
                + "MONITOR)"
        case .damaged:
            "check the log with mysqlbinlog --verify-binlog-checksum, and what stands between the "
                + "server and Plumb"
        case .definitionChanged: "read the table's definition again"
        case .wrongFormat, .unsupported, .server: nil
        }
    }
}
