import MySQLClient
import Schema

/// What a copy will need on the server's disk, and what is free there, before it is begun.
package struct CopySpace: Codable, Hashable, Sendable {
    /// The table with its indexes, by the server's own statistics.
    package let tableBytes: Int
    /// Its rows, by the same.
    package let rows: Int
    /// What the binary log will have of it: its rows, once more.
    package let logBytes: Int
    /// What is free where the server has its data; nil where it does not tell.
    package let freeBytes: Int?

    package init(tableBytes: Int, rows: Int = 0, logBytes: Int, freeBytes: Int?) {
        self.tableBytes = tableBytes
        self.rows = rows
        self.logBytes = logBytes
        self.freeBytes = freeBytes
    }

    /// What the server says of a table.
    package static func read(
        database: String, table: String, on connection: Connection
    ) throws(MySQLError) -> CopySpace {
        if !connection.serverVersion.contains("MariaDB") {
            try connection.execute("SET SESSION information_schema_stats_expiry = 0")
        }
        let row = try connection.query(
            "SELECT COALESCE(data_length, 0), COALESCE(index_length, 0), COALESCE(table_rows, 0) "
                + "FROM information_schema.tables WHERE table_schema = \(SQL.literal(database)) "
                + "AND table_name = \(SQL.literal(table))"
        ).first
        let numbers = (0..<3).map { place in row?[place].flatMap { Int($0) } ?? 0 }
        return CopySpace(
            tableBytes: numbers[0] + numbers[1], rows: numbers[2], logBytes: numbers[0],
            freeBytes: try FreeDisk.bytes(asking: connection))
    }

    /// Why the copy must not be begun, as a sentence; nil where it may be.
    ///
    /// - Parameter keeping: what is to stay free, in bytes.
    package func refusal(keeping bytes: Int) -> String? {
        guard let freeBytes, freeBytes - bytes < tableBytes + logBytes else { return nil }
        func megabytes(_ bytes: Int) -> String { "\(bytes / 1_000_000) MB" }
        return "the server's disk has \(megabytes(freeBytes)) left: the copy takes about "
            + "\(megabytes(tableBytes)) and the binary log \(megabytes(logBytes)), and "
            + "\(megabytes(bytes)) must stay free"
    }
}
