import Schema

/// The queries whose results make a fingerprint; the first column names the database.
enum FingerprintQuestions {
    /// Up to this many databases the query names them; beyond, it reads those of the whole server.
    private static let namedAtMost = 4

    /// The first column is `database/table`, both encoded as file names.
    static let tableIDs = "SELECT NAME, TABLE_ID FROM information_schema.INNODB_SYS_TABLES"

    static let settings = "SELECT @@global.innodb_stats_persistent, UNIX_TIMESTAMP()"

    /// Leaves out type and engine, for which the server would open every table's file.
    static func names(in databases: [String]) -> String {
        let question = "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES"
        guard databases.count <= namedAtMost else { return question }
        return databases.map { "\(question) WHERE TABLE_SCHEMA = \(SQL.literal($0))" }
            .joined(separator: " UNION ALL ")
    }

    static func statistics(in databases: [String]) -> String {
        let question = """
            SELECT database_name, table_name, UNIX_TIMESTAMP(last_update), n_rows,
            clustered_index_size, sum_of_other_index_sizes FROM mysql.innodb_table_stats
            """
        guard databases.count <= namedAtMost else { return question }
        return question
            + " WHERE database_name IN (\(databases.map(SQL.literal).joined(separator: ", ")))"
    }
}
