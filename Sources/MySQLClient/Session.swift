import Schema

/// The SQL mode of Plumb's sessions.
enum SQLMode {
    /// Modes that change how `SHOW CREATE` prints, or what its output means when it is run again.
    private static let removed: Set<String> = [
        "ANSI", "ANSI_QUOTES", "ORACLE", "MSSQL", "DB2", "POSTGRESQL", "MAXDB", "MYSQL323",
        "MYSQL40", "NO_FIELD_OPTIONS", "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS",
        "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT", "HIGH_NOT_PRECEDENCE", "EMPTY_STRING_IS_NULL",
    ]

    /// The server's mode without those, in the server's order.
    ///
    /// Modes that matter to rows while they are copied stay: an `ALTER` by a plain client has them.
    static func session(from global: String) -> String {
        global.split(separator: ",").filter { !removed.contains($0.uppercased()) }
            .joined(separator: ",")
    }

    /// The same modes sorted by name.
    static func sorted(_ mode: String) -> String {
        mode.split(separator: ",").sorted().joined(separator: ",")
    }
}

/// The server settings with which a session was set up.
struct SessionBasis: Hashable {
    let sqlMode: String
    let timeZone: String
}

extension Connection {
    /// Sets what Plumb relies on in every session, in two round trips.
    ///
    /// The time zone is the server's own, as in a plain client's session: literals of `TIMESTAMP`
    /// columns are read and printed in it, and rows are converted by it when a column's type
    /// changes. The SQL mode is that of `SQLMode`; statements of files run in the profile's file
    /// mode.
    func setUpSession(lockWaitTimeoutSeconds: Int) throws(MySQLError) -> SessionBasis {
        let basis = settings(from: try query(Self.serverSettings).first)
        _ = try query(Self.assignment(basis, lockWaitTimeoutSeconds))
        return basis
    }

    /// Sets a reset session up and lifts its limits, in one round trip where the server still has
    /// the settings of `last`.
    func setUpAnew(
        lockWaitTimeoutSeconds: Int, from last: SessionBasis
    ) throws(MySQLError) -> SessionBasis {
        let limits = liftingStatements
        let answers = try answers(
            to: [Self.serverSettings, Self.assignment(last, lockWaitTimeoutSeconds)] + limits)
        var basis = settings(from: try answers[0].get().first)
        if basis != last {
            basis = try setUpSession(lockWaitTimeoutSeconds: lockWaitTimeoutSeconds)
        } else {
            _ = try answers[1].get()
        }
        try liftLimits(answered: Array(answers[2...]))
        return basis
    }

    private static let serverSettings =
        "SELECT @@global.sql_mode, @@global.time_zone, @@lower_case_table_names"

    /// What the server said of itself; keeps how it compares names.
    private func settings(from row: Row?) -> SessionBasis {
        if let row, row.count > 2, let setting = row[2] {
            nameFolding = NameFolding(setting: setting)
        }
        return SessionBasis(sqlMode: row?[0] ?? "", timeZone: row?[1] ?? "SYSTEM")
    }

    private static func assignment(
        _ basis: SessionBasis, _ lockWaitTimeoutSeconds: Int
    ) -> String {
        let mode = SQL.literal(SQLMode.session(from: basis.sqlMode))
        return "SET SESSION sql_mode = \(mode), time_zone = \(SQL.literal(basis.timeZone)), "
            + "lock_wait_timeout = \(lockWaitTimeoutSeconds), "
            + "innodb_lock_wait_timeout = \(lockWaitTimeoutSeconds), "
            + "sql_quote_show_create = 1, autocommit = 1, foreign_key_checks = 1, "
            + "unique_checks = 1, sql_select_limit = 18446744073709551615 "
            // Without this MariaDB refuses to alter a system-versioned table (error 4119).
            + "/*M!100303 , system_versioning_alter_history = KEEP, "
            + "system_versioning_asof = DEFAULT, check_constraint_checks = 1 */ "
            + "/*M!100502 , sql_if_exists = 0 */"
    }
}
