import MySQLClient
import Schema

/// How often a server has begun each kind of statement that may change a schema, or what an account
/// sees of it: the `Com_…` variables of `SHOW GLOBAL STATUS`.
///
/// Servers count a statement before they carry it out, whoever sends it and how: by itself,
/// prepared, in a routine or an event, or as a replica that repeats it.
struct StatementCounters: Equatable, Sendable {
    /// By name, without `Com_`.
    private var counts: [String: String] = [:]

    /// Nil where another server answers, or the same one after a start or after its counters were
    /// set back, and where it does not show what has to be there.
    init?(_ rows: [Row]) {
        var seconds: Set<String> = []
        for row in rows {
            guard let name = row[0], let value = row[1] else { return nil }
            if name.hasPrefix(Self.prefix) {
                let kind = String(name.dropFirst(Self.prefix.count)).lowercased()
                if !Self.isWithoutEffect(kind) { counts[kind] = value }
            } else {
                seconds.insert(name)
            }
        }
        guard seconds == [ServerIdentity.uptime, ServerIdentity.uptimeSinceFlush],
            Self.expected.allSatisfy({ counts[$0] != nil })
        else { return nil }
    }

    /// The digest of all counts of statements that may change something.
    var digest: Digest { Digest(of: lines(counts.filter { !Self.isTemporary($0.key) })) }

    /// Those that are counted otherwise for a moment: MariaDB counts a `CREATE TEMPORARY TABLE` as
    /// a `CREATE TABLE` until it is about to carry it out.
    var temporary: Digest { Digest(of: lines(counts.filter { Self.isTemporary($0.key) })) }

    private func lines(_ counts: [String: String]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
    }

    /// The question whose rows ``init(_:)`` takes, asked of one server only.
    static func question(_ identity: ServerIdentity, _ flavour: ServerProfile.Flavour) -> String {
        """
        SHOW GLOBAL STATUS WHERE (Variable_name LIKE 'Com\\_%' OR Variable_name IN
        ('\(ServerIdentity.uptime)', '\(ServerIdentity.uptimeSinceFlush)'))
        AND \(identity.condition(flavour))
        """
    }

    private static let prefix = "Com_"

    /// What every server counts; one that shows none of these hides them.
    private static let expected = [
        "alter_db", "alter_table", "create_db", "create_index", "create_table", "create_trigger",
        "create_view", "drop_db", "drop_index", "drop_table", "drop_trigger", "drop_view",
        "rename_table", "truncate",
    ]

    private static func isTemporary(_ kind: String) -> Bool {
        kind == "create_temporary_table" || kind == "drop_temporary_table"
    }

    /// Whether no statement of the kind changes a schema; what is not known here may.
    ///
    /// What a statement runs, such as a routine or a prepared statement, is counted by itself.
    private static func isWithoutEffect(_ kind: String) -> Bool {
        withoutEffect.contains(kind) || prefixesWithoutEffect.contains { kind.hasPrefix($0) }
    }

    private static let prefixesWithoutEffect = ["show_", "stmt_", "xa_", "ha_"]

    private static let withoutEffect: Set<String> = [
        "admin_commands", "analyze", "begin", "call_procedure", "change_db", "checksum", "commit",
        "compound_sql", "dealloc_sql", "delete", "delete_multi", "do", "empty_query",
        "execute_immediate", "execute_sql", "explain_other", "get_diagnostics", "help", "insert",
        "insert_select", "kill", "load", "lock_instance", "lock_tables", "prepare_sql", "purge",
        "purge_before_date", "release_savepoint", "replace", "replace_select", "resignal",
        "rollback", "rollback_to_savepoint", "savepoint", "select", "set_option", "set_role",
        "signal", "unlock_instance", "unlock_tables", "update", "update_multi",
    ]
}
