import MySQLClient
import Schema

/// Reads one table or other object, just before and after it is changed.
package enum LiveTable {
    /// The live table or other object.
    package static func read(
        object: ObjectName, database: String, on connection: Connection, catalog: ObjectCatalog
    ) throws(MySQLError) -> CatalogTable? {
        object.kind == .table
            ? try read(object.name, database: database, on: connection, catalog: catalog)
            : try LiveObject.read(object, database: database, on: connection, catalog: catalog)
    }

    /// The live table; nil only where the server says that it does not exist and that its database
    /// does.
    ///
    /// Throws `unknownDatabase` where the database is gone, and `other` where a view or sequence
    /// has the name.
    package static func read(
        _ table: String, database: String, on connection: Connection, catalog: ObjectCatalog
    ) throws(MySQLError) -> CatalogTable? {
        switch try show(table, database: database, on: connection, catalog: catalog) {
        case .table(let found): return found
        case .absent: return nil
        case .other(let name):
            throw MySQLError(
                kind: .other, message: "\(name) is no table: drop or rename what has its name",
                server: connection.server)
        }
    }

    /// The live table; nil also where a view or sequence has the name.
    package static func readTable(
        _ table: String, database: String, on connection: Connection, catalog: ObjectCatalog
    ) throws(MySQLError) -> CatalogTable? {
        switch try show(table, database: database, on: connection, catalog: catalog) {
        case .table(let found): found
        case .absent, .other: nil
        }
    }

    private enum Shown {
        case table(CatalogTable)
        case absent
        /// A view or sequence has the name, which is quoted here.
        case other(name: String)
    }

    private static func show(
        _ table: String, database: String, on connection: Connection, catalog: ObjectCatalog
    ) throws(MySQLError) -> Shown {
        let folding = connection.nameFolding
        let database = folding.stored(database)
        let name = "\(SQL.identifier(database)).\(SQL.identifier(folding.stored(table)))"
        let rows: [Row]
        do throws(MySQLError) {
            rows = try connection.query("SHOW CREATE TABLE \(name)")
        } catch {
            guard error.number == noSuchTable else { throw error }
            try requireDatabase(database, on: connection)
            return .absent
        }
        // The answer for a view has two more columns.
        guard let row = rows.first, row.count == 2, let text = row.bytes(1) else {
            return .other(name: name)
        }
        let found = text.withUnsafeBufferPointer { bytes in
            catalog.table(
                showCreate: bytes, database: database, flavour: connection.flavour,
                folding: folding)
        }
        return found.table?.option("SEQUENCE") == nil ? .table(found) : .other(name: name)
    }

    /// `ER_NO_SUCH_TABLE`, which the server also returns where the whole database is missing.
    private static let noSuchTable: UInt32 = 1146

    static func requireDatabase(
        _ database: String, on connection: Connection
    ) throws(MySQLError) {
        // Unlike a query of information_schema, this fails for an account without privileges there.
        _ = try connection.query(
            "SHOW TABLES FROM \(SQL.identifier(database)) LIKE ''")
    }
}

extension Connection {
    /// The server's flavour, by the version in its greeting.
    var flavour: ServerProfile.Flavour {
        serverVersion.lowercased().contains("mariadb") ? .mariadb : .mysql
    }
}
