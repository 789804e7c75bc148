import MySQLClient
import Schema

/// The definitions of tables as their server prints them.
enum Definition {
    /// The table of that name, whose definition is understood to the last byte.
    static func read(_ name: String, on session: CopySession) throws(CopyFailure) -> Table {
        let rows = try session.query("SHOW CREATE TABLE \(SQL.identifier(name))")
        guard let text = rows.first?.bytes(1) else {
            throw .moved("the table \(SQL.identifier(name)) is gone")
        }
        let table = text.withUnsafeBufferPointer {
            CatalogTable(showCreate: $0, flavour: session.job.flavour)
        }
        guard let model = table.table else {
            throw .stopped(table.unsupported ?? "\(SQL.identifier(name)) is no table")
        }
        return model
    }

    /// Whether the table of that name is defined as `table`; its own name and its next number do
    /// not count.
    static func isThere(
        _ table: Table, as name: String, on session: CopySession
    ) throws(CopyFailure) -> Bool {
        var found = try read(name, on: session)
        var wanted = table
        found.name = wanted.name
        found.autoIncrement = nil
        wanted.autoIncrement = nil
        return found == wanted
    }
}
