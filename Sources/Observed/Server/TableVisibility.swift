import MySQLClient
import Schema

/// Whether the account can see every table of a database.
///
/// To an account with privileges on single tables a server silently lists only those: a hidden
/// table must not be taken for a missing one.
struct TableVisibility: Sendable {
    private var isGlobal = false
    /// Databases with privileges of their own: `LIKE` patterns, folded as the server compares
    /// names.
    private var patterns: [String] = []
    /// Databases in which privileges on single tables or columns are granted.
    private var partial: Set<String> = []

    init(on connection: Connection) throws(MySQLError) {
        for row in try connection.query(Self.question) {
            let database = connection.nameFolding.stored(row[1] ?? "")
            switch row[0] {
            case "global": isGlobal = true
            case "database": patterns.append(database)
            default: partial.insert(database)
            }
        }
    }

    init(isGlobal: Bool, patterns: [String], partial: Set<String>) {
        self.isGlobal = isGlobal
        self.patterns = patterns
        self.partial = partial
    }

    /// - Parameter database: the name as the server compares it.
    func isComplete(for database: String) -> Bool {
        isGlobal || !partial.contains(database)
            || patterns.contains { LikePattern.matches(database, pattern: $0) }
    }

    /// Any one of these privileges on a database shows all of its tables.
    private static let kinds = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "REFERENCES", "INDEX", "ALTER",
        "CREATE VIEW", "SHOW VIEW", "TRIGGER", "DELETE HISTORY",
    ]

    /// A condition for the account's own grants, in the views of `information_schema`.
    static let ownGrants =
        "GRANTEE = CONCAT('''', SUBSTRING_INDEX(CURRENT_USER(), '@', "
        + "CHAR_LENGTH(CURRENT_USER()) - CHAR_LENGTH(REPLACE(CURRENT_USER(), '@', ''))), "
        + "'''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')"

    /// Restricted to the account's own grants: with global privileges the views list everybody's.
    private static var question: String {
        let list = kinds.map(SQL.literal).joined(separator: ", ")
        let grantee = ownGrants
        return """
            SELECT DISTINCT 'global', '' FROM information_schema.USER_PRIVILEGES
            WHERE \(grantee) AND PRIVILEGE_TYPE IN (\(list))
            UNION ALL SELECT DISTINCT 'database', TABLE_SCHEMA
            FROM information_schema.SCHEMA_PRIVILEGES
            WHERE \(grantee) AND PRIVILEGE_TYPE IN (\(list))
            UNION ALL SELECT DISTINCT 'table', TABLE_SCHEMA
            FROM information_schema.TABLE_PRIVILEGES WHERE \(grantee)
            UNION ALL SELECT DISTINCT 'column', TABLE_SCHEMA
            FROM information_schema.COLUMN_PRIVILEGES WHERE \(grantee)
            """
    }
}
