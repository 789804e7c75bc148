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
        case .other: throw noTable(table, database, on: connection)
        }
    }

    /// Tables of one database, each as ``read(_:database:on:catalog:)`` reads it; all are asked for
    /// ahead of the answers.
    package static func read(
        _ tables: [String], database: String, on connection: Connection, catalog: ObjectCatalog
    ) throws(MySQLError) -> [CatalogTable?] {
        let database = connection.nameFolding.stored(database)
        var found: [CatalogTable?] = []
        var failure: MySQLError?
        try connection.pipeline(
            tables.map { question($0, database, connection.nameFolding) }
        ) { place, answer in
            found.append(nil)
            switch answer {
            case .success(let rows):
                switch shown(rows.next().map(Row.init), database, on: connection, catalog) {
                case .table(let table): found[place] = table
                case .absent: break
                case .other: failure = failure ?? noTable(tables[place], database, on: connection)
                }
            case .failure(let error):
                if error.number != noSuchTable { failure = failure ?? error }
            }
        }
        if let failure { throw failure }
        if found.contains(where: { $0 == nil }) {
            try requireDatabase(database, on: connection)
        }
        return found
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
        /// A view or sequence has the name.
        case other
    }

    private static func show(
        _ table: String, database: String, on connection: Connection, catalog: ObjectCatalog
    ) throws(MySQLError) -> Shown {
        let folding = connection.nameFolding
        let database = folding.stored(database)
        let rows: [Row]
        do throws(MySQLError) {
            rows = try connection.query(question(table, database, folding))
        } catch {
            guard error.number == noSuchTable else { throw error }
            try requireDatabase(database, on: connection)
            return .absent
        }
        return shown(rows.first, database, on: connection, catalog)
    }

    private static func question(
        _ table: String, _ database: String, _ folding: NameFolding
    ) -> String {
        "SHOW CREATE TABLE \(name(of: table, database, folding))"
    }

    /// The name as messages and statements have it.
    private static func name(
        of table: String, _ database: String, _ folding: NameFolding
    ) -> String {
        "\(SQL.identifier(database)).\(SQL.identifier(folding.stored(table)))"
    }

    /// What the answer to ``question(_:_:_:)`` shows.
    private static func shown(
        _ row: Row?, _ database: String, on connection: Connection, _ catalog: ObjectCatalog
    ) -> Shown {
        // The answer for a view has two more columns.
        guard let row, row.count == 2, let text = row.bytes(1) else { return .other }
        let found = text.withUnsafeBufferPointer { bytes in
            catalog.table(
                showCreate: bytes, database: database, flavour: connection.flavour,
                folding: connection.nameFolding)
        }
        return found.table?.option("SEQUENCE") == nil ? .table(found) : .other
    }

    private static func noTable(
        _ table: String, _ database: String, on connection: Connection
    ) -> MySQLError {
        let name = name(
            of: table, connection.nameFolding.stored(database), connection.nameFolding)
        return MySQLError(
            kind: .other, message: "\(name) is no table: drop or rename what has its name",
            server: connection.server)
    }

    /// `ER_NO_SUCH_TABLE`, which the server also returns where the whole database is missing.
    private static let noSuchTable: UInt32 = 1146

    static func requireDatabase(
        _ database: String, on connection: Connection
    ) throws(MySQLError) {
        // Unlike a query of information_schema, this fails for an account without privileges there;
        // unlike `SHOW TABLES`, it costs the same however many tables there are.
        _ = try connection.query("SHOW CREATE DATABASE \(SQL.identifier(database))")
    }
}

extension Connection {
    /// The server's flavour, by the version in its greeting.
    var flavour: ServerProfile.Flavour {
        serverVersion.lowercased().contains("mariadb") ? .mariadb : .mysql
    }
}
