import Schema

/// Settings of servers and accounts that would end Plumb's own statements, or change what they do.
package enum SessionLimits {
    /// The values of Plumb's sessions.
    ///
    /// - Parameter statementSeconds: how long a statement may take; 0 for no limit.
    static func assignments(_ flavour: ServerProfile.Flavour, statementSeconds: Int) -> [String] {
        let common = [
            // How a statement is read, and how much it may return or look at.
            "sql_safe_updates = 0", "max_join_size = 18446744073709551615", "sql_big_selects = 1",
            "sql_select_limit = 18446744073709551615", "completion_type = 0",
            "foreign_key_checks = 1", "unique_checks = 1",
            // A session is silent while a plan is made, and while another statement runs.
            least("wait_timeout", 28_800), least("net_read_timeout", 60),
            least("net_write_timeout", 120),
        ]
        switch flavour {
        case .mariadb:
            return common + [
                "max_statement_time = \(statementSeconds)", "check_constraint_checks = 1",
                "idle_transaction_timeout = 0", "idle_readonly_transaction_timeout = 0",
                "idle_write_transaction_timeout = 0",
            ]
        case .mysql: return common + ["max_execution_time = \(statementSeconds * 1000)"]
        }
    }

    private static func least(_ name: String, _ seconds: Int) -> String {
        // MySQL takes an integer only, and `GREATEST` is none to it.
        "\(name) = CAST(GREATEST(@@session.\(name), \(seconds)) AS UNSIGNED)"
    }

    /// Global settings that `assignments` lifts, with the value that stops nothing.
    package static let lifted: [Lifted] = [
        .init(name: "max_statement_time", harmless: "0"),
        .init(name: "max_execution_time", harmless: "0"),
        .init(name: "sql_safe_updates", harmless: "OFF"),
        .init(name: "sql_big_selects", harmless: "ON"),
        .init(name: "sql_select_limit", harmless: "18446744073709551615"),
        .init(name: "completion_type", harmless: "NO_CHAIN"),
        .init(name: "autocommit", harmless: "ON"),
        .init(name: "foreign_key_checks", harmless: "ON"),
        .init(name: "unique_checks", harmless: "ON"),
        .init(name: "check_constraint_checks", harmless: "ON"),
        .init(name: "idle_transaction_timeout", harmless: "0"),
        .init(name: "idle_write_transaction_timeout", harmless: "0"),
        .init(name: "idle_readonly_transaction_timeout", harmless: "0"),
        .init(name: "tx_read_only", harmless: "OFF"),
        .init(name: "transaction_read_only", harmless: "OFF"),
    ]

    /// A global setting, and the value of it that stops nothing.
    package struct Lifted: Sendable {
        package let name: String
        let harmless: String

        /// Whether `value` stops nothing; numbers are shown with zeros behind the point.
        package func isHarmless(_ value: String) -> Bool {
            value.uppercased() == harmless || (harmless == "0" && Double(value) == 0)
        }
    }
}

extension Connection {
    private var flavour: ServerProfile.Flavour {
        serverVersion.lowercased().contains("mariadb") ? .mariadb : .mysql
    }

    /// `ER_UNKNOWN_SYSTEM_VARIABLE`: an old or a coming version does without it.
    private static let unknownVariable: UInt32 = 1193

    private func set(_ assignments: [String]) throws(MySQLError) {
        do throws(MySQLError) {
            _ = try query("SET SESSION " + assignments.joined(separator: ", "))
        } catch  where error.number == Self.unknownVariable && assignments.count > 1 {
            for assignment in assignments { try set([assignment]) }
        } catch  where error.number == Self.unknownVariable {
            return
        }
    }

    /// Lifts what would end or change Plumb's statements, in three round trips.
    ///
    /// What only reads keeps a limit, so that the server gives up when Plumb does.
    ///
    /// Throws `configuration` where the session's changes would reach no replica: `init_connect`
    /// can have said so, and no replica would ever have what is recorded of the shard.
    func liftLimits() throws(MySQLError) {
        let limits = SessionLimits.assignments(
            flavour, statementSeconds: readTimeoutSeconds.map { max(1, $0) } ?? 0)
        try set(limits)
        _ = try query("SET SESSION TRANSACTION READ WRITE")
        let logs = try query("SELECT @@session.sql_log_bin, @@global.log_bin").first
        guard logs?[0] == "0", logs?[1] == "1" else { return }
        throw MySQLError(
            kind: .configuration,
            message:
                "sql_log_bin is off in this account's sessions: no replica would see a change; "
                + "take it out of init_connect", server: server)
    }
}
