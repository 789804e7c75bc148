import Schema

/// Server and account settings that would end Plumb's statements, or change what they do.
package enum SessionLimits {
    /// The values for Plumb's sessions.
    ///
    /// - Parameter statementSeconds: the time limit of a statement; 0 for none.
    static func assignments(_ flavour: ServerProfile.Flavour, statementSeconds: Int) -> [String] {
        let common = [
            // Settings that change how statements run, and how many rows they may read or return.
            "sql_safe_updates = 0", "max_join_size = 18446744073709551615", "sql_big_selects = 1",
            "sql_select_limit = 18446744073709551615", "completion_type = 0",
            "foreign_key_checks = 1", "unique_checks = 1",
            // A session is idle while a plan is made or another session's statement runs.
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
        // MySQL requires an integer, and the result of `GREATEST` is none without the CAST.
        "\(name) = CAST(GREATEST(@@session.\(name), \(seconds)) AS UNSIGNED)"
    }

    /// The global settings that `assignments` overrides, with the value that limits nothing.
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

    /// A global setting and its value that limits nothing.
    package struct Lifted: Sendable {
        package let name: String
        let harmless: String

        /// Whether `value` limits nothing; servers print some numbers with decimals, `0.000000`.
        package func isHarmless(_ value: String) -> Bool {
            value.uppercased() == harmless || (harmless == "0" && Double(value) == 0)
        }
    }
}

extension Connection {
    private var flavour: ServerProfile.Flavour {
        serverVersion.lowercased().contains("mariadb") ? .mariadb : .mysql
    }

    /// `ER_UNKNOWN_SYSTEM_VARIABLE`: other versions may not have one of them.
    private static let unknownVariable: UInt32 = 1193

    private static func assignment(_ assignments: [String]) -> String {
        "SET SESSION " + assignments.joined(separator: ", ")
    }

    private func set(_ assignment: String) throws(MySQLError) {
        do throws(MySQLError) {
            _ = try query(Self.assignment([assignment]))
        } catch  where error.number == Self.unknownVariable {
            return
        }
    }

    /// Overrides settings that would end or change Plumb's statements, in one round trip.
    ///
    /// Sessions that only read keep a time limit, so that the server stops when Plumb stops
    /// waiting.
    ///
    /// Throws `configuration` where `sql_log_bin` is off, which `init_connect` can set: no replica
    /// would get the session's changes.
    package func liftLimits() throws(MySQLError) {
        try liftLimits(answered: try answers(to: liftingStatements))
    }

    /// What lifts the limits of a session, to be sent together.
    var liftingStatements: [String] {
        [
            Self.assignment(limits), "SET SESSION TRANSACTION READ WRITE",
            "SELECT @@session.sql_log_bin, @@global.log_bin",
        ]
    }

    private var limits: [String] {
        SessionLimits.assignments(
            flavour, statementSeconds: readTimeoutSeconds.map { max(1, $0) } ?? 0)
    }

    /// - Parameter answers: those to `liftingStatements`.
    func liftLimits(answered answers: [Result<[Row], MySQLError>]) throws(MySQLError) {
        if case .failure(let error) = answers[0] {
            guard error.number == Self.unknownVariable else { throw error }
            // The server carried out none of the statement, so each is set by itself.
            for assignment in limits { try set(assignment) }
        }
        _ = try answers[1].get()
        let logs = try answers[2].get().first
        guard logs?[0] == "0", logs?[1] == "1" else { return }
        throw MySQLError(
            kind: .configuration,
            message:
                "sql_log_bin is off in this account's sessions: no replica would see a change; "
                + "take it out of init_connect", server: server)
    }
}
