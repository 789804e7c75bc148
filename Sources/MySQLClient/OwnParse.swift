import Schema

extension Connection {
    /// The statement as it is sent: `ALTER SEQUENCE … AS …` is parsed by itself, with `EXECUTE
    /// IMMEDIATE`.
    ///
    /// MariaDB 11.8 reads with it what the session's last `CREATE TABLE` or `ALTER TABLE` said, and
    /// refuses it where that had keys (error 4086: "Sequence tables cannot have any keys").
    static func parsedByItself(_ sql: String) -> String {
        let start = "ALTER SEQUENCE `"
        guard sql.hasPrefix(start) else { return sql }
        var rest = sql.dropFirst(start.count)
        // A backtick within the name is doubled.
        while let end = rest.firstIndex(of: "`") {
            rest = rest[rest.index(after: end)...]
            guard rest.first == "`" else { break }
            rest = rest.dropFirst()
        }
        guard rest.lowercased().hasPrefix(" as ") else { return sql }
        return "EXECUTE IMMEDIATE \(SQL.literal(sql))"
    }
}
