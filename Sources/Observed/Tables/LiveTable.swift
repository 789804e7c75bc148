import MySQLClient
import Schema

/// One table, or other object, read by itself just before and after it is changed.
package enum LiveTable {
    /// The table or other object with this encoded name; see ``ObjectName``.
    package static func read(
        encoded: String, database: String, on connection: Connection, catalog: ObjectCatalog
    ) throws(MySQLError) -> CatalogTable? {
        let name = ObjectName(encoded: encoded)
        return name.kind == .table
            ? try read(name.name, database: database, on: connection, catalog: catalog)
            : try LiveObject.read(name, database: database, on: connection, catalog: catalog)
    }

    /// The table as it is now; nil only where the server says that it does not exist while its
    /// database does.
    ///
    /// Throws `unknownDatabase` when the database is gone, and `other` when a view or a sequence
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

    /// As the other, but nil also where a view or a sequence has the name.
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
        /// Something else has the name, which is given as SQL writes it.
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
        // A view answers with its character set and collation besides.
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

    /// `ER_NO_SUCH_TABLE`: also what the server says when the whole database is missing.
    private static let noSuchTable: UInt32 = 1146

    static func requireDatabase(
        _ database: String, on connection: Connection
    ) throws(MySQLError) {
        // Unlike a look into information_schema this fails for an account that may not see it.
        _ = try connection.query(
            "SHOW TABLES FROM \(SQL.identifier(database)) LIKE ''")
    }
}

extension Connection {
    /// The flavour, as the server's greeting tells it.
    var flavour: ServerProfile.Flavour {
        serverVersion.lowercased().contains("mariadb") ? .mariadb : .mysql
    }
}
