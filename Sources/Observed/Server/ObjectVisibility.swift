import MySQLClient
import Schema

/// Whether the account can see every trigger, routine and event of a database.
///
/// Servers silently leave objects on which an account has no privilege out of their lists: a hidden
/// object must not be taken for a missing one.
package struct ObjectVisibility: Sendable {
    /// Global privileges.
    private var global: Set<String> = []
    /// Privileges on databases, whose names are `LIKE` patterns.
    private var patterns: [(database: String, privilege: String)] = []

    /// Reads the account's own privileges, in one query.
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

    /// - Parameter database: the name as the server compares it.
    package func shows(_ kind: ObjectName.Kind, of database: String) -> Bool {
        guard let needed = Self.needed(kind) else { return true }
        return !global.isDisjoint(with: needed.global.union(needed.database))
            || patterns.contains {
                needed.database.contains($0.privilege)
                    && LikePattern.matches(database, pattern: $0.database)
            }
    }

    /// Privileges any one of which shows all objects of the kind; nil where the server reports an
    /// error instead of hiding objects.
    static func needed(
        _ kind: ObjectName.Kind
    ) -> (global: Set<String>, database: Set<String>)? {
        switch kind {
        case .table, .view, .sequence: nil
        case .trigger: ([], ["TRIGGER"])
        case .event: ([], ["EVENT"])
        // MySQL: the list of routines is read from a table of the `mysql` database.
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
