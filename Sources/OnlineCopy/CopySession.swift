import Basics
import MySQLClient
import Schema

/// A session of its own that reads the table and writes its copy.
///
/// Its statements lock no row of the table: each sees what was committed when it began.
package final class CopySession {
    package let connection: Connection
    let job: CopyJob
    /// Whether it has the tables locked: `START TRANSACTION` would let go of them.
    var hasTablesLocked = false
    /// How long the server took for the last `COMMIT`.
    private(set) var commitSeconds = 0.0

    /// Sets the session up; it must not be used for anything else later.
    package init(_ connection: Connection, _ job: CopyJob) throws(CopyFailure) {
        self.connection = connection
        self.job = job
        try execute("USE \(SQL.identifier(job.database))")
        // Zeros in a column that counts are zeros, and dates that the table has are taken as they
        // are, unless a date is made of something else. What does not fit is an error always.
        var modes = ["STRICT_ALL_TABLES", "NO_AUTO_VALUE_ON_ZERO"]
        modes += job.makesDates ? ["NO_ZERO_DATE", "NO_ZERO_IN_DATE"] : ["ALLOW_INVALID_DATES"]
        try execute(
            "SET SESSION sql_mode = '\(modes.joined(separator: ","))', foreign_key_checks = 0, "
                + "lock_wait_timeout = 5, innodb_lock_wait_timeout = 5")
        try execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    }

    /// The same session, for another look at the same tables.
    private init(sharing other: CopySession, _ job: CopyJob) {
        connection = other.connection
        self.job = job
    }

    /// For comparing the tables: on the way back, too, from the former table to the one in its
    /// place, since that is what was proved alike when the copy was made.
    var comparing: CopySession {
        job.wayBack == nil ? self : CopySession(sharing: self, job.lookingForward)
    }

    func execute(_ sql: String) throws(CopyFailure) {
        try CopyFailure.of { () throws(MySQLError) in try connection.execute(sql) }
    }

    func query(_ sql: String) throws(CopyFailure) -> [Row] {
        try CopyFailure.of { () throws(MySQLError) in try connection.query(sql) }
    }

    /// Whether the database has a table of this name.
    func hasTable(_ name: String) throws(CopyFailure) -> Bool {
        try !query(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = "
                + "\(SQL.literal(job.database)) AND table_name = \(SQL.literal(name))"
        ).isEmpty
    }

    /// Runs `body` in one transaction; nothing of it is left where it throws.
    func transaction<Result>(
        _ body: () throws(CopyFailure) -> Result
    ) throws(CopyFailure) -> Result {
        if !hasTablesLocked { try execute("START TRANSACTION") }
        do throws(CopyFailure) {
            let result = try body()
            let began = ContinuousClock.now
            try execute("COMMIT")
            commitSeconds = (ContinuousClock.now - began) / .seconds(1)
            return result
        } catch {
            if connection.isUsable { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Runs `body` in a transaction of which nothing is left.
    func rollingBack(_ body: () throws(CopyFailure) -> Void) throws(CopyFailure) {
        if !hasTablesLocked { try execute("START TRANSACTION") }
        defer { if connection.isUsable { try? execute("ROLLBACK") } }
        try body()
    }

    /// The next rows of the table in the order of its key.
    ///
    /// - Parameter start: the key of the row before them; nil for the first ones.
    /// - Returns: the condition that holds for them, nil where it holds for all, and the key of the
    ///   last of them; nil where fewer than `rows` are left, which are meant with all that come.
    func range(
        behind start: [String]?, rows: Int
    ) throws(CopyFailure) -> (condition: String?, end: [String]?) {
        let key = job.key
        let behind = start.map(key.isBehind)
        let last = try query(
            "SELECT \(key.selection) FROM \(job.table) FORCE INDEX (\(key.hint))"
                + (behind.map { " WHERE \($0)" } ?? "")
                + " ORDER BY \(key.names.joined(separator: ", ")) LIMIT 1 OFFSET \(rows - 1)"
        ).first
        let end = try last.map { row throws(CopyFailure) in try self.key(in: row) }
        let conditions = [behind, end.map(key.isUpTo)].compactMap(\.self)
        return (conditions.isEmpty ? nil : conditions.joined(separator: " AND "), end)
    }

    /// The literals of the key in a row that begins with ``CopyKey/selection``.
    func key(in row: Row) throws(CopyFailure) -> [String] {
        var literals: [String] = []
        for (place, column) in job.key.columns.enumerated() {
            guard let literal = row[place].flatMap(column.literal(selected:)) else {
                throw .stopped("the column `\(column.name)` has a value that no key has")
            }
            literals.append(literal)
        }
        return literals
    }
}

extension CopyJob {
    /// Whether values of another type become dates.
    fileprivate var makesDates: Bool {
        columns.contains { column in
            !column.keepsBytes
                && ["date", "time"].contains { column.new.type.lowercased().hasPrefix($0) }
        }
    }
}
