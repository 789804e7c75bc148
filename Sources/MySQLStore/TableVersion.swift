import MySQLClient
import Store

/// The version of the tables, which is another one than that of the layout of the trees in them.
///
/// It stands in a row of its own beside the layout's; tables without that row have version 1.
enum TableVersion {
    /// What this release makes, reads and writes. It grows with each change of ``StoreTables``.
    static let current: Int64 = 2

    /// What an earlier release left, and this one upgrades before it writes.
    static let oldest: Int64 = 1

    /// The row of the store that holds it.
    private static let row = 2

    static let question = "SELECT version FROM \(StoreTables.store) WHERE id = \(row)"

    /// The turn to write, which is the lock of the layout's row; who takes a lease locks the other
    /// one, and does not wait for writers.
    static let turn = "SELECT version FROM \(StoreTables.store) WHERE id = 1 FOR UPDATE"

    /// Sets the version; never to an earlier one.
    static let setting =
        "INSERT INTO \(StoreTables.store) (id, version, token) VALUES (\(row), \(current), 0) "
        + "ON DUPLICATE KEY UPDATE version = GREATEST(version, \(current))"

    /// The version in the answer to ``question``.
    static func found(_ rows: [Row]) -> Int64 {
        rows.first?[0].flatMap { Int64($0) } ?? oldest
    }

    /// Throws where a newer release made the tables.
    static func check(_ version: Int64, at place: String) throws(StoreError) {
        guard version <= current else {
            throw StoreError(
                .notAStore,
                "the tables of \(place) have version \(version), and this plumb knows \(oldest) to "
                    + "\(current)",
                remedy: "use the release of plumb that made them, or a later one")
        }
    }
}
