import MySQLClient
import Schema

/// Whether the account sees every table of a database.
///
/// With privileges on single tables only, a server lists just those and says nothing of the
/// others: a table that cannot be seen must not be taken for one that is not there.
struct TableVisibility: Sendable {
    private var isGlobal = false
    /// Databases with a privilege of their own, as `LIKE` patterns; all names as the server
    /// compares them.
    private var patterns: [String] = []
    /// Databases in which single tables or columns are granted.
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

    /// - Parameter database: its name as the server compares it.
    func isComplete(for database: String) -> Bool {
        isGlobal || !partial.contains(database)
            || patterns.contains { LikePattern.matches(database, pattern: $0) }
    }

    /// A privilege of one of these kinds on a database shows all of its tables.
    private static let kinds = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "REFERENCES", "INDEX", "ALTER",
        "CREATE VIEW", "SHOW VIEW", "TRIGGER", "DELETE HISTORY",
    ]

    /// Grants to the account itself, in the views of `information_schema`.
    static let ownGrants =
        "GRANTEE = CONCAT('''', SUBSTRING_INDEX(CURRENT_USER(), '@', "
        + "CHAR_LENGTH(CURRENT_USER()) - CHAR_LENGTH(REPLACE(CURRENT_USER(), '@', ''))), "
        + "'''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')"

    /// The account's own grants only: with global privileges these views list everybody's.
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
