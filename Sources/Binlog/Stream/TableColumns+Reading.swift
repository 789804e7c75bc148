import MySQLClient
import Schema

extension TableColumns {
    /// Reads the definition of a table's columns, with those that are in its rows and that the
    /// server does not list; nil where there is no such table.
    package static func read(
        database: String, table: String, on connection: Connection
    ) throws(MySQLError) -> TableColumns? {
        let place = "TABLE_SCHEMA = \(SQL.literal(database)) AND TABLE_NAME = \(SQL.literal(table))"
        let rows = try connection.query(
            "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, DATETIME_PRECISION, "
                + "GENERATION_EXPRESSION FROM information_schema.COLUMNS WHERE \(place) "
                + "ORDER BY ORDINAL_POSITION")
        guard !rows.isEmpty else { return nil }
        let columns = rows.map { row in
            BinlogColumn(
                name: row[0] ?? "", type: row[1]?.lowercased() ?? "",
                isUnsigned: row[2]?.lowercased().contains(" unsigned") ?? false,
                characterSet: row[3], fractionDigits: row[4].flatMap { Int($0) } ?? 0,
                isGenerated: row[5]?.isEmpty == false)
        }
        let hasPeriod = rows.contains { $0[5]?.uppercased() == "ROW START" }
        let hidden = try hidden(place, hasPeriod: hasPeriod, on: connection)
        return TableColumns(database: database, table: table, columns: columns + hidden)
    }

    /// What MariaDB adds to a table's rows: the time of each version, unless the table has columns
    /// for it, and then a hash for each unique index of long values, which it lists as `HASH`.
    private static func hidden(
        _ place: String, hasPeriod: Bool, on connection: Connection
    ) throws(MySQLError) -> [BinlogColumn] {
        let rows = try connection.query(
            "SELECT TABLE_TYPE, (SELECT COUNT(DISTINCT INDEX_NAME) FROM "
                + "information_schema.STATISTICS WHERE \(place) AND INDEX_TYPE = 'HASH' AND "
                + "NON_UNIQUE = 0 AND ENGINE <> 'MEMORY') FROM information_schema.TABLES "
                + "WHERE \(place)")
        let isVersioned = rows.first?[0] == "SYSTEM VERSIONED"
        let times = isVersioned && !hasPeriod ? ["row_start", "row_end"] : []
        let hashes = rows.first?[1].flatMap { Int($0) } ?? 0
        return times.map {
            BinlogColumn(name: $0, type: "timestamp", fractionDigits: 6, isGenerated: true)
        }
            + (0..<hashes).map {
                BinlogColumn(
                    name: "DB_ROW_HASH_\($0 + 1)", type: "bigint", isUnsigned: true,
                    isGenerated: true)
            }
    }
}
