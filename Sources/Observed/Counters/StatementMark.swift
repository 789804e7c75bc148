import MySQLClient
import Schema

/// A moment of a server at which nothing changed a schema, with the statements begun until then.
///
/// Equal marks prove that no statement that may change a schema was carried out in between, so that
/// what was read after the first still holds at the second:
///
/// 1. A server counts a statement when it begins it, before it changes anything.
/// 2. The counters are read first, and the list of running statements after that. A statement that
///    had begun before the counters were read is either in that list, and then there is no mark, or
///    it has ended, and what is read after the mark has its effect.
/// 3. A statement that begins after the counters were read makes the next ones differ.
/// 4. Counters only grow, but where the server is started again or they are set back; both times
///    are part of the ``ServerIdentity``, which is asked for in the statement that shows the
///    counters. It has whole seconds, so there is no mark in the seconds after either.
/// 5. MariaDB takes a `CREATE TEMPORARY TABLE` out of a counter again. Had it been in that counter
///    when this was read, it would be in the list, or its own counter would have grown when both
///    are read once more after the list.
///
/// 6. MySQL has a `CREATE TABLE … START TRANSACTION`, whose table is there for others with a later
///    `COMMIT` only. Until then its session has a lock on the table, which is looked for after the
///    counters, too.
///
/// What changes without such a statement is left out: tables that servers or engines change by
/// themselves (``ObjectCatalog/changesByStatements(_:)``), servers with engines that find tables
/// which others have made, and servers that share their files with another one that writes.
struct StatementMark: Hashable, Sendable {
    let identity: ServerIdentity
    private let counts: Digest

    /// The server's mark now; nil where it cannot be had, or while such a statement runs.
    ///
    /// The account needs `PROCESS`, to see what others run, and on MySQL `SELECT` on
    /// `performance_schema`.
    static func read(
        on connection: Connection, _ flavour: ServerProfile.Flavour
    ) throws(MySQLError) -> StatementMark? {
        for _ in 0..<attempts {
            guard let (identity, now) = try ServerIdentity.read(on: connection, flavour),
                now - identity.started >= settlingSeconds,
                now - identity.countsSince >= settlingSeconds
            else { return nil }
            let question = StatementCounters.question(identity, flavour)
            let answers = try connection.answers(
                to: [question, running, question, conditions, locked(flavour)])
            let rows = answers.compactMap { try? $0.get() }
            guard rows.count == 5, isFit(rows[3]), rows[4].first?[0] == "0",
                let before = StatementCounters(rows[0])
            else {
                return nil
            }
            let isQuiet = !rows[1].contains(where: mayChange)
            if isQuiet, StatementCounters(rows[2]) == before {
                return StatementMark(identity: identity, counts: before.digest)
            }
        }
        return nil
    }

    /// Whether the server's mark is still this one, in one question.
    func isCurrent(
        on connection: Connection, _ flavour: ServerProfile.Flavour
    ) throws(MySQLError) -> Bool {
        let answer = try connection.answers(to: [
            StatementCounters.question(identity, flavour)
        ])
        guard case .success(let rows)? = answer.first, let now = StatementCounters(rows) else {
            return false
        }
        return now.digest == counts
    }

    /// Statements that are short are over when they are looked for once more.
    private static let attempts = 3

    private static let settlingSeconds: Int64 = 2

    private static let running = """
        SELECT COMMAND, LEFT(INFO, \(RunningStatement.textLength))
        FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()
        AND (INFO IS NOT NULL OR COMMAND = '\(unreadable)')
        """

    /// Asks how many tables sessions have for themselves alone; the answer is NULL where the server
    /// does not keep account of that.
    private static func locked(_ flavour: ServerProfile.Flavour) -> String {
        guard flavour == .mysql else { return "SELECT 0" }
        return """
            SELECT IF((SELECT ENABLED FROM performance_schema.setup_instruments
            WHERE NAME = 'wait/lock/metadata/sql/mdl') = 'YES'
            AND (SELECT ENABLED FROM performance_schema.setup_consumers
            WHERE NAME = 'global_instrumentation') = 'YES'
            AND (SELECT VARIABLE_VALUE FROM performance_schema.global_status
            WHERE VARIABLE_NAME = 'Performance_schema_metadata_lock_lost') = 0,
            (SELECT COUNT(*) FROM performance_schema.metadata_locks WHERE LOCK_TYPE = 'EXCLUSIVE'
            AND OBJECT_TYPE IN ('SCHEMA', 'TABLE')), NULL)
            """
    }

    /// What MariaDB shows of a session of which it could not read the statement.
    private static let unreadable = "Busy"

    private static func mayChange(_ session: Row) -> Bool {
        session[0] == unreadable || !RunningStatement.isWithoutEffect(session[1] ?? "")
    }

    /// InnoDB's table is an error without the privilege to see what others run. A server of Aurora
    /// that only reads has `innodb_read_only`: another one writes its files.
    private static let conditions = """
        SELECT EXISTS (SELECT 1 FROM information_schema.INNODB_CMP), @@global.innodb_read_only,
        (SELECT COUNT(*) FROM information_schema.ENGINES
        WHERE ENGINE IN (\(findingEngines)) AND SUPPORT IN ('YES', 'DEFAULT'))
        """

    /// Engines that find tables which were made elsewhere, without a statement on this server.
    private static let findingEngines = ["ndbcluster", "S3", "CLOUD"].map(SQL.literal)
        .joined(separator: ", ")

    private static func isFit(_ rows: [Row]) -> Bool {
        guard let row = rows.first else { return false }
        return row[0] == "1" && row[1] == "0" && row[2] == "0"
    }
}
