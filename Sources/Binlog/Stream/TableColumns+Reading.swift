import MySQLClient
import Schema

extension TableColumns {
    /// Reads the definition of a table's columns; nil where there is no such table.
    package static func read(
        database: String, table: String, on connection: Connection
    ) throws(MySQLError) -> TableColumns? {
        let rows = try connection.query(
            "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, DATETIME_PRECISION, "
                + "EXTRA FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
                + "\(SQL.literal(database)) AND TABLE_NAME = \(SQL.literal(table)) "
                + "ORDER BY ORDINAL_POSITION")
        guard !rows.isEmpty else { return nil }
        let columns = rows.map { row in
            BinlogColumn(
                name: row[0] ?? "", type: row[1]?.lowercased() ?? "",
                isUnsigned: row[2]?.lowercased().contains(" unsigned") ?? false,
                characterSet: row[3], fractionDigits: row[4].flatMap { Int($0) } ?? 0,
                isGenerated: row[5]?.uppercased().hasSuffix(" GENERATED") ?? false)
        }
        return TableColumns(database: database, table: table, columns: columns)
    }
}
