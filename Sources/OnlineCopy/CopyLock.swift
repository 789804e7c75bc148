import MySQLClient
import Schema

/// The lock (`GET_LOCK`) of the copy of one table, which the session that works on it keeps until
/// it ends: a statement of a process that died may still run, and nobody else is to work on the
/// copy until it has ended.
package enum CopyLock {
    private static let waitSeconds = 2

    /// Throws `interrupted` where another session has it.
    package static func take(
        of table: String, in database: String, on connection: Connection
    ) throws(CopyFailure) {
        let lock = try CopyFailure.of { () throws(MySQLError) in
            try AdvisoryLock.acquire(
                name: "plumb-copy:\(database).\(table)", on: connection,
                waitSeconds: waitSeconds)
        }
        guard lock != nil else {
            throw .interrupted(
                "another session is at work on the copy of \(SQL.identifier(table))")
        }
    }
}
