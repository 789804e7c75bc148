import MySQLClient
import Schema

/// Reads one view, trigger, routine, event or sequence.
package enum LiveObject {
    /// The live object; nil only where the server says that it does not exist and that its database
    /// does. `database` is the one that the connection has selected.
    package static func read(
        _ name: ObjectName, database: String, on connection: Connection, catalog: ObjectCatalog
    ) throws(MySQLError) -> CatalogTable? {
        let folding = connection.nameFolding
        let (name, database) = (folding.stored(name), folding.stored(database))
        let rows: [Row]
        do throws(MySQLError) {
            rows = try connection.query(question(name, database: database))
        } catch {
            guard absences.contains(error.number) else { throw error }
            try LiveTable.requireDatabase(database, on: connection)
            return nil
        }
        func column(_ place: Int) -> String? {
            rows.first.flatMap { place < $0.count ? $0[place] : nil }
        }
        let definition = definition(
            name.kind, of: connection.flavour, folding: folding, database: database,
            column: column)
        guard let found = definition else {
            throw unreadable(name, on: connection.server, column: column)
        }
        let before = try LiveTriggerOrder.predecessors(of: found, in: database, on: connection)
        return catalog.object(found.running(after: before), flavour: connection.flavour)
    }

    /// The statement that shows the object's definition.
    static func question(_ name: ObjectName, database: String) -> String {
        "SHOW CREATE \(name.kind.rawValue.uppercased()) \(SQL.identifier(database))."
            + SQL.identifier(name.name)
    }

    /// The definition in the answer; nil where the server does not disclose it.
    static func definition(
        _ kind: ObjectName.Kind, of flavour: ServerProfile.Flavour, folding: NameFolding = .bytes,
        database: String, after triggers: [String] = [], column: (Int) -> String?
    ) -> ObjectDefinition? {
        let places = places(kind)
        guard let text = column(places.text) else { return nil }
        // Without quotes around names the text would be another one.
        return ObjectDefinition(
            shown: flavour == .mysql && kind == .view ? BrokenView.mended(text) : text,
            CreationSettings(
                sqlMode: places.mode.flatMap(column), timeZone: places.zone.flatMap(column)),
            database: database, after: triggers)?.stored(by: folding)
    }

    /// The columns of the answer with the text, the SQL mode and the time zone.
    private static func places(_ kind: ObjectName.Kind) -> (text: Int, mode: Int?, zone: Int?) {
        switch kind {
        case .table, .view, .sequence: (1, nil, nil)
        case .trigger, .procedure, .function: (2, 1, nil)
        case .event: (3, 1, 2)
        }
    }

    /// The error for an answer without a definition: usually the account may know that the object
    /// exists but not see its text.
    static func unreadable(
        _ name: ObjectName, on server: ServerAddress, column: (Int) -> String?
    ) -> MySQLError {
        guard column(places(name.kind).text) == nil else {
            let mode = places(name.kind).mode.flatMap(column) ?? ""
            return MySQLError(
                kind: .other,
                message: "the definition of the \(name) is not understood (SQL mode "
                    + "\(SQL.literal(mode))): strings that end in a backslash need another mode; "
                    + "make it again, or leave its kind out of `manage`",
                server: server)
        }
        return MySQLError(
            kind: .missingGrant,
            message: "the server does not show the definition of the \(name): grant the account "
                + "what SHOW CREATE \(name.kind.rawValue.uppercased()) needs",
            server: server)
    }

    /// `ER_NO_SUCH_TABLE`, `ER_WRONG_OBJECT`, `ER_SP_DOES_NOT_EXIST`, `ER_TRG_DOES_NOT_EXIST`,
    /// `ER_EVENT_DOES_NOT_EXIST`, `ER_NOT_SEQUENCE`, `ER_UNKNOWN_SEQUENCES`.
    static let absences: Set<UInt32> = [1146, 1347, 1305, 1360, 1539, 4089, 4091]
}
