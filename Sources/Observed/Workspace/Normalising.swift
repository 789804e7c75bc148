import Basics
import MySQLClient
import Schema

/// A table from git, to be normalised by a server.
package struct TableToNormalise: Sendable {
    /// The name as the server compares it; see ``NameFolding/stored(_:)``.
    package let name: String
    /// One `CREATE TABLE` statement that names the table without a database.
    package let text: String
    package let location: SourceLocation
    /// The table that it is `LIKE`, which has to be created first.
    package let like: String?
    /// The tables that its foreign keys refer to, as the text names them.
    package var references: [SourceTable.Reference] = []
    /// The text as it stands in git; ``text`` is a reprint of it.
    let written: String

    package init(name: String, text: String, location: SourceLocation, like: String? = nil) {
        self.init(name: name, text: text, location: location, like: like, written: text)
    }

    init(name: String, text: String, location: SourceLocation, like: String?, written: String) {
        self.name = name
        self.text = text
        self.location = location
        self.like = like
        self.written = written
    }
}

extension Workspace {
    /// The tables and other objects as the server prints them, by encoded name.
    ///
    /// All tables of a namespace are created together, so that the server checks their foreign
    /// keys; sequences before them, and all other objects after them. Throws `rejected` with every
    /// refusal of the server.
    ///
    /// - Parameter live: tables of a shard with this profile, by name: what is as it is there need
    ///   not be created, where no other objects are; see ``writtenBackTemporarily(_:live:)``.
    package func normalise(
        _ tables: [TableToNormalise], objects: [ObjectToNormalise] = [],
        live: [String: CatalogTable] = [:]
    ) throws(WorkspaceError) -> [String: CatalogTable] {
        try startingEmpty { () throws(WorkspaceError) in
            let sequences = objects.filter { $0.name.kind == .sequence }
            var result = try createAndRead(sequences)
            var made = try createTogether(tables, live: objects.isEmpty ? live : [:])
            if made == nil {
                try reset()
                _ = try createAndRead(sequences)
                made = try createAndRead(tables)
            }
            for (name, table) in made ?? [:] {
                result[ObjectName(.table, name).encoded] = table
            }
            let others = try createAndRead(objects.filter { $0.name.kind != .sequence })
            return result.merging(others) { first, _ in first }
        }
    }

    /// One table after the other, so that every refusal is told: of a text, and of a foreign key.
    func createAndRead(
        _ tables: [TableToNormalise]
    ) throws(WorkspaceError) -> [String: CatalogTable] {
        var rejected: [RejectedTable] = []
        var fit: [TableToNormalise] = []
        for table in tables {
            switch textGuard.checked(table) {
            case .success(let table): fit.append(table)
            case .failure(let rejection): rejected.append(rejection)
            }
        }
        let unfit = Set(rejected.map(\.table))
        // With foreign key checks off, only LIKE requires an order.
        let tables = LikeOrder.sorted(fit)
        rejected += try create(tables, refused: unfit, checksForeignKeys: false)
        let bad = Set(rejected.map(\.table))
        let created = try read(tables.filter { !bad.contains($0.name) }, into: &rejected)
        rejected += dangling(tables, created, known: bad)
        let suspicious = Set(rejected.map(\.table))
        rejected += try checkForeignKeys(
            tables.filter { table in
                guard let made = created[table.name], !suspicious.contains(table.name) else {
                    return false
                }
                return made.isCheckable(without: suspicious)
            }, created)
        guard rejected.isEmpty else { throw WorkspaceError(rejected: rejected) }
        return withLettersOfParents(created)
    }

    /// The tables with the foreign keys as the server prints them when the parent exists first.
    ///
    /// A table created before its parent keeps the letter case of its own text in the names of the
    /// parent's columns; otherwise the server takes over the case of the parent.
    func withLettersOfParents(_ created: [String: CatalogTable]) -> [String: CatalogTable] {
        let models = Dictionary(created.values.compactMap { $0.table.map { ($0.name, $0) } }) {
            first, _ in first
        }
        return created.mapValues { made in
            guard var model = made.table, !model.foreignKeys.isEmpty else { return made }
            for (place, key) in model.foreignKeys.enumerated() where key.referencedSchema == nil {
                let columns = models[key.referencedTable]?.columns.map(\.name) ?? []
                model.foreignKeys[place].referencedColumns = key.referencedColumns.map { name in
                    columns.first { $0.lowercased() == name.lowercased() } ?? name
                }
            }
            guard model != made.table else { return made }
            return Array(model.showCreate(flavour: profile.flavour).utf8).withUnsafeBufferPointer {
                catalog.table(showCreate: $0, flavour: profile.flavour)
            }
        }
    }

    private func create(
        _ tables: [TableToNormalise], refused: Set<String> = [], checksForeignKeys: Bool
    ) throws(WorkspaceError) -> [RejectedTable] {
        try setForeignKeyChecks(checksForeignKeys)
        try setMode(profile.creationMode)
        let rejected = Result { () throws(WorkspaceError) in
            try create(tables, refused: refused)
        }
        // Later statements are made from the server's output, so they run in the session's own
        // mode.
        if connection.isUsable { try setMode(profile.creationMode.map { _ in profile.sqlMode }) }
        return try rejected.get()
    }

    /// Runs the texts from git under the SQL mode of files.
    private func create(
        _ tables: [TableToNormalise], refused: Set<String>
    ) throws(WorkspaceError) -> [RejectedTable] {
        var rejected: [RejectedTable] = []
        var refused = refused
        for table in tables {
            if let like = table.like, refused.contains(like) {
                rejected.append(
                    RejectedTable(
                        table: table.name, location: table.location,
                        reason: "table \(SQL.identifier(like)), which it is LIKE, is refused"))
                refused.insert(table.name)
                continue
            }
            do throws(MySQLError) {
                try connection.execute(table.text)
            } catch {
                rejected.append(try rejection(of: table, error))
                refused.insert(table.name)
            }
        }
        return rejected
    }

    private func read(
        _ tables: [TableToNormalise], into rejected: inout [RejectedTable]
    ) throws(WorkspaceError) -> [String: CatalogTable] {
        var result: [String: CatalogTable] = [:]
        for table in tables {
            if let made = try read(table.name) {
                result[table.name] = asWritten(table, made)
            } else {
                rejected.append(
                    RejectedTable(
                        table: table.name, location: table.location,
                        reason: "its text does not create a table of that name"))
            }
        }
        return result
    }

    /// The table as its text means it where `CREATE TABLE` cannot express it; see ``LostDefaults``.
    func asWritten(_ table: TableToNormalise, _ made: CatalogTable) -> CatalogTable {
        guard profile.flavour == .mysql else { return made }
        return Array(table.written.utf8).withUnsafeBufferPointer { bytes in
            let text = CanonicalText.stripAutoIncrement(bytes).bytes
            guard
                LostDefaults.areAll(between: String(decoding: text, as: UTF8.self), and: made.text)
            else { return made }
            return catalog.table(showCreate: bytes, flavour: .mysql)
        }
    }

    /// Rejections of foreign keys to tables that the schema does not have.
    func dangling(
        _ tables: [TableToNormalise], _ created: [String: CatalogTable], known bad: Set<String>
    ) -> [RejectedTable] {
        // The server itself wrote the names into the definitions, so they compare equal.
        let names = Set(created.values.compactMap { $0.table?.name }).union(created.keys).union(bad)
        return tables.flatMap { table in
            (created[table.name]?.table?.foreignKeys ?? []).filter {
                $0.referencedSchema == nil && !names.contains($0.referencedTable)
            }.map { key in
                RejectedTable(
                    table: table.name, location: table.location,
                    reason: "foreign key \(SQL.identifier(key.name)) refers to table "
                        + "\(SQL.identifier(key.referencedTable)), which the schema does not have")
            }
        }
    }

    /// Has the server check every foreign key against its parent, also in cycles.
    ///
    /// First all foreign keys are removed, so that errors are never about a table's children; then
    /// each table is created again with its own, while all parents exist.
    func checkForeignKeys(
        _ tables: [TableToNormalise], _ created: [String: CatalogTable]
    ) throws(WorkspaceError) -> [RejectedTable] {
        for table in tables { try dropForeignKeys(of: table, created) }
        var rejected: [RejectedTable] = []
        for table in tables {
            try setForeignKeyChecks(false)
            try run("DROP TABLE \(SQL.identifier(table.name))", while: "checking foreign keys")
            let refused = try create([table], checksForeignKeys: true)
            guard !refused.isEmpty else { continue }
            rejected += refused
            // The table's children need it as a parent when they are checked.
            try dropForeignKeys(of: table, created)
        }
        return rejected
    }

    /// Creates the table without its foreign keys but with the indexes that were made for them.
    private func dropForeignKeys(
        of table: TableToNormalise, _ created: [String: CatalogTable]
    ) throws(WorkspaceError) {
        guard var model = created[table.name]?.table, !model.foreignKeys.isEmpty else { return }
        model.foreignKeys = []
        try setForeignKeyChecks(false)
        let activity = "checking foreign keys"
        try run("DROP TABLE IF EXISTS \(SQL.identifier(table.name))", while: activity)
        try run(model.showCreate(flavour: profile.flavour), while: activity)
    }

    private func rejection(
        of table: TableToNormalise, _ error: MySQLError
    ) throws(WorkspaceError) -> RejectedTable {
        RejectedTable(
            table: ObjectName(.table, table.name).encoded, location: table.location,
            reason: try refusal(error, while: creating(table)))
    }

    /// Why the server refused a text; throws where the cause is the server, not the text.
    func refusal(
        _ error: MySQLError, while activity: String
    ) throws(WorkspaceError) -> String {
        guard connection.isUsable, error.isAboutStatement else {
            throw WorkspaceError(error, while: activity)
        }
        // The reason for a refused foreign key is in a warning beside the error, which is told with
        // it or without.
        let notes = (try? connection.query("SHOW WARNINGS")) ?? []
        let details = notes.compactMap { $0[2] }.filter { $0 != error.message }
        return ([error.message] + details).joined(separator: "; ")
            .replacing("`\(name)`.", with: "").replacing("'\(name).", with: "'")
    }
}

extension Workspace {
    func setForeignKeyChecks(_ isOn: Bool) throws(WorkspaceError) {
        try run("SET SESSION foreign_key_checks = \(isOn ? 1 : 0)", while: "setting up")
    }

    /// - Parameter mode: nil to keep the current one.
    func setMode(_ mode: String?) throws(WorkspaceError) {
        guard let mode else { return }
        try run("SET SESSION sql_mode = \(SQL.literal(mode))", while: "setting the SQL mode")
    }

    func run(_ sql: String, while activity: String) throws(WorkspaceError) {
        do throws(MySQLError) {
            try connection.execute(sql)
        } catch {
            throw WorkspaceError(error, while: activity)
        }
    }

    /// The table in the workspace; nil where it does not exist.
    func read(_ table: String) throws(WorkspaceError) -> CatalogTable? {
        do throws(MySQLError) {
            return try LiveTable.read(table, database: name, on: connection, catalog: catalog)
        } catch {
            throw WorkspaceError(error, while: "reading table \(SQL.identifier(table))")
        }
    }
}

extension CatalogTable {
    /// Whether the server can check the table's foreign keys: it has some, and no parent is in
    /// another database or was refused itself.
    func isCheckable(without refused: Set<String>) -> Bool {
        guard let table else { return text.contains(" FOREIGN KEY (") }
        return !table.foreignKeys.isEmpty
            && table.foreignKeys.allSatisfy {
                $0.referencedSchema == nil && !refused.contains($0.referencedTable)
            }
    }
}
