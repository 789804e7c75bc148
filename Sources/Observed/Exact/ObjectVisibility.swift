import MySQLClient
import Schema

/// Whether the account sees every trigger, routine and event of a database.
///
/// Servers leave out of their lists what an account has no privilege on, without a word: what
/// cannot be seen must not be taken for what is not there.
package struct ObjectVisibility: Sendable {
    /// Privileges on everything.
    private var global: Set<String> = []
    /// Privileges on databases, given as `LIKE` patterns.
    private var patterns: [(database: String, privilege: String)] = []

    package init(on connection: Connection) throws(MySQLError) {
        for row in try connection.query(Self.question) {
            guard let privilege = row[1]?.uppercased() else { continue }
            if let database = row[0], !database.isEmpty {
                patterns.append((connection.nameFolding.stored(database), privilege))
            } else {
                global.insert(privilege)
            }
        }
    }

    /// - Parameter database: its name as the server compares it.
    package func shows(_ kind: ObjectName.Kind, of database: String) -> Bool {
        guard let needed = Self.needed(kind) else { return true }
        return !global.isDisjoint(with: needed.global.union(needed.database))
            || patterns.contains {
                needed.database.contains($0.privilege)
                    && LikePattern.matches(database, pattern: $0.database)
            }
    }

    /// Privileges of which one shows all objects of the kind; nil where the server refuses aloud
    /// instead of hiding.
    static func needed(
        _ kind: ObjectName.Kind
    ) -> (global: Set<String>, database: Set<String>)? {
        switch kind {
        case .table, .view, .sequence: nil
        case .trigger: ([], ["TRIGGER"])
        case .event: ([], ["EVENT"])
        // The list of routines is that of a table of the server's own.
        case .procedure, .function:
            (["SELECT", "SHOW_ROUTINE"], ["CREATE ROUTINE", "ALTER ROUTINE", "EXECUTE"])
        }
    }

    private static var question: String {
        """
        SELECT '', PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES
        WHERE \(TableVisibility.ownGrants)
        UNION ALL SELECT TABLE_SCHEMA, PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES
        WHERE \(TableVisibility.ownGrants)
        """
    }
}
