import Basics
import MySQLClient
import Schema

/// Why a shard could not be read.
package struct ShardProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// A short, stable word such as `unreachable` or `access-denied`.
    package let code: String
    /// What failed, on which server, database and table, and what to do.
    package let reason: String
    package let retry: RetryClass

    package init(code: String, reason: String, retry: RetryClass) {
        self.code = code
        self.reason = reason
        self.retry = retry
    }

    package var description: String { "\(code): \(reason)" }
}

extension ShardProblem {
    /// A server that cannot be used, which concerns all of its shards.
    init(server error: MySQLError) {
        self.init(code: error.kind.problemCode, reason: "\(error)", retry: error.retry)
    }

    /// A database, or one of its objects, that cannot be read.
    init(_ error: MySQLError, database: String, table: String? = nil) {
        let object =
            table.map { "\(ObjectName(encoded: $0)) of database" } ?? "database"
        self.init(
            code: error.kind.problemCode,
            reason: "cannot read \(object) \(SQL.identifier(database)): \(error)",
            retry: error.retry)
    }

    /// A database whose name cannot stand in a line of output; only discovery finds such names.
    static func unfitName(_ target: ObservationTarget) -> ShardProblem {
        ShardProblem(
            code: "unsupported-name",
            reason: "\(target.server): the name of database "
                + "\(SQL.identifier(NameCheck.escaped(target.database))) has a line break, a tab or "
                + "another control character: it is left alone",
            retry: .permanent)
    }

    /// A database that was created after the list of databases was read.
    static func unseenDatabase(_ target: ObservationTarget) -> ShardProblem {
        ShardProblem(
            code: "changed-while-read",
            reason:
                "\(target.server): database \(SQL.identifier(target.database)) appeared while the "
                + "server was read; try again",
            retry: .retryable)
    }

    /// An account that cannot see all objects of a kind that Plumb manages.
    static func hiddenKind(
        _ target: ObservationTarget, _ kind: ObjectName.Kind
    ) -> ShardProblem {
        let isRoutine = kind == .procedure || kind == .function
        let grants = isRoutine ? "EXECUTE" : ObjectVisibility.needed(kind)?.database.first ?? ""
        return ShardProblem(
            code: "missing-grant",
            reason: "\(target.server): the account cannot see the \(kind.rawValue)s of database "
                + "\(SQL.identifier(target.database)); grant it \(grants) on "
                + "\(SQL.identifier(target.database)).* itself, not by a role"
                + (isRoutine ? "; on MySQL it needs SHOW_ROUTINE on *.*" : ""),
            retry: .permanent)
    }

    /// An account that sees only some tables, so that missing ones cannot be told from hidden ones.
    static func partialGrant(_ target: ObservationTarget) -> ShardProblem {
        ShardProblem(
            code: "missing-grant",
            reason: "\(target.server): the account has privileges on single tables of database "
                + "\(SQL.identifier(target.database)) only and cannot see the others; "
                + "grant it SELECT on \(SQL.identifier(target.database)).*",
            retry: .permanent)
    }
}

extension MySQLError.Kind {
    /// The stable word for reports: `access-denied` for `accessDenied`.
    var problemCode: String {
        switch self {
        case .unreachable: "unreachable"
        case .connectionLimit: "connection-limit"
        case .hourlyLimit: "hourly-limit"
        case .accessDenied: "access-denied"
        case .missingGrant: "missing-grant"
        case .unknownDatabase: "unknown-database"
        case .unknownTable: "unreadable-table"
        case .lostConnection: "lost-connection"
        case .timeout: "timeout"
        case .lockWaitTimeout: "lock-wait-timeout"
        case .tls: "tls"
        case .configuration: "configuration"
        case .tableExists, .deadlock, .syntax, .algorithmUnsupported, .dataConflict, .diskFull,
            .readOnly, .unsafeStatement, .other:
            "server-error"
        }
    }
}
