import Schema

/// The SQL mode of Plumb's sessions.
enum SQLMode {
    /// Modes that change how `SHOW CREATE` prints, or how what it printed is read again.
    private static let removed: Set<String> = [
        "ANSI", "ANSI_QUOTES", "ORACLE", "MSSQL", "DB2", "POSTGRESQL", "MAXDB", "MYSQL323",
        "MYSQL40", "NO_FIELD_OPTIONS", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS",
        "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT", "HIGH_NOT_PRECEDENCE", "EMPTY_STRING_IS_NULL",
    ]

    /// The server's mode as Plumb's sessions use it, in the server's order.
    ///
    /// What decides about rows while they are copied stays: a plain client's `ALTER` has it too.
    static func session(from global: String) -> String {
        global.split(separator: ",").filter { !removed.contains($0.uppercased()) }
            .joined(separator: ",")
    }

    /// The same modes in the order of their names.
    static func sorted(_ mode: String) -> String {
        mode.split(separator: ",").sorted().joined(separator: ",")
    }
}

/// What of a server's settings a session was set up with.
struct SessionBasis: Hashable {
    let sqlMode: String
    let timeZone: String
}

extension Connection {
    /// Sets what every session of Plumb relies on, in two round trips.
    ///
    /// The time zone is the server's own, as a plain client has it: the literals of `TIMESTAMP`
    /// columns are read and shown in it, and rows are converted by it when a column's type changes.
    /// Modes are those of `SQLMode`; what a file says runs in that of the profile's files.
    func setUpSession(lockWaitTimeoutSeconds: Int) throws(MySQLError) -> SessionBasis {
        let row = try query(
            "SELECT @@global.sql_mode, @@global.time_zone, @@lower_case_table_names"
        ).first
        if let row, row.count > 2, let setting = row[2] {
            nameFolding = NameFolding(setting: setting)
        }
        let basis = SessionBasis(sqlMode: row?[0] ?? "", timeZone: row?[1] ?? "SYSTEM")
        let mode = SQL.literal(SQLMode.session(from: basis.sqlMode))
        _ = try query(
            "SET SESSION sql_mode = \(mode), time_zone = \(SQL.literal(basis.timeZone)), "
                + "lock_wait_timeout = \(lockWaitTimeoutSeconds), "
                + "innodb_lock_wait_timeout = \(lockWaitTimeoutSeconds), "
                + "sql_quote_show_create = 1, autocommit = 1, foreign_key_checks = 1, "
                + "unique_checks = 1, sql_select_limit = 18446744073709551615 "
                // Without the first MariaDB refuses to alter a table that keeps its history.
                + "/*M!100303 , system_versioning_alter_history = KEEP, "
                + "system_versioning_asof = DEFAULT, check_constraint_checks = 1 */ "
                + "/*M!100502 , sql_if_exists = 0 */")
        return basis
    }
}
