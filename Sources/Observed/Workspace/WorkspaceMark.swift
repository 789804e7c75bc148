import MySQLClient
import Schema

/// The table that marks a database as a workspace of Plumb.
///
/// Its comment names the database and the server. So a copy under another name is not marked, and a
/// replica or another cluster node, which has the database but not the lock of its owner, does not
/// take it for its own.
struct WorkspaceMark {
    static let table = WorkspaceName.markTable

    let database: String
    let comment: String

    init(of database: String, on connection: Connection) throws(MySQLError) {
        let row = try connection.query("SELECT @@hostname, @@port, @@socket").first
        let server = (0..<3).map { row?[$0] ?? "" }.joined(separator: ":")
        self.database = database
        comment = "Workspace of Plumb: \(database) on \(server), dropped when its owner is gone"
    }

    /// Marks the database, which must not be marked yet.
    func set(on connection: Connection) throws(MySQLError) {
        try connection.execute(
            "CREATE TABLE \(SQL.identifier(database)).\(SQL.identifier(Self.table)) "
                + "(id INT PRIMARY KEY) COMMENT = \(SQL.literal(comment))")
    }

    /// Whether the database is marked now.
    func isSet(on connection: Connection) throws(MySQLError) -> Bool {
        let rows = try connection.query(
            "SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' "
                + "AND TABLE_SCHEMA = \(SQL.literal(database)) "
                + "AND TABLE_NAME = \(SQL.literal(Self.table))")
        return rows.count == 1 && rows[0][0].map { Array($0.utf8) } == Array(comment.utf8)
    }

    /// Drops the database if it is marked; false where it is not, and nothing was done.
    ///
    /// The only place where Plumb drops a database.
    func dropDatabase(on connection: Connection) throws(MySQLError) -> Bool {
        guard try isSet(on: connection) else { return false }
        try connection.execute("DROP DATABASE IF EXISTS \(SQL.identifier(database))")
        return true
    }

    /// Whether a database of that name exists, as far as the account can see.
    func isDatabaseThere(on connection: Connection) throws(MySQLError) -> Bool {
        try !connection.query(
            "SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = "
                + SQL.literal(database)
        ).isEmpty
    }
}
