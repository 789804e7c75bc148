import Schema

/// The SQL mode of Plumb's sessions.
enum SQLMode {
    /// Modes that change how `SHOW CREATE` prints, or how Plumb's own statements are read.
    private static let removed: Set<String> = [
        "ANSI", "ANSI_QUOTES", "ORACLE", "MSSQL", "DB2", "POSTGRESQL", "MAXDB", "MYSQL323",
        "MYSQL40", "NO_FIELD_OPTIONS", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS",
        "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT",
    ]

    /// The server's mode as Plumb's sessions use it, in the server's order.
    static func session(from global: String) -> String {
        global.split(separator: ",").filter { !removed.contains($0.uppercased()) }
            .joined(separator: ",")
    }
}

extension Connection {
    /// Sets what every session of Plumb relies on, in two round trips.
    ///
    /// The time zone is UTC because `TIMESTAMP` literals in a schema are read and printed in the
    /// session's zone: servers in different zones would print the same table differently.
    func setUpSession(lockWaitTimeoutSeconds: Int) throws(MySQLError) {
        let answer = try query("SELECT @@global.sql_mode, @@lower_case_table_names").first
        let global = answer?[0] ?? ""
        if let answer, answer.count > 1, let setting = answer[1] {
            nameFolding = NameFolding(setting: setting)
        }
        let mode = SQL.literal(SQLMode.session(from: global))
        _ = try query(
            "SET SESSION sql_mode = \(mode), lock_wait_timeout = \(lockWaitTimeoutSeconds), "
                + "innodb_lock_wait_timeout = \(lockWaitTimeoutSeconds), "
                + "sql_quote_show_create = 1, autocommit = 1, time_zone = '+00:00'")
        // Without it MariaDB refuses to alter a table that keeps its history.
        _ = try query("/*M!100303 SET SESSION system_versioning_alter_history = KEEP */")
    }
}
