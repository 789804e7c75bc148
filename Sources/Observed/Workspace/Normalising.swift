import Basics
import MySQLClient
import Schema

/// A table as git has it.
package struct TableToNormalise: Sendable {
    /// As its server compares it; see ``NameFolding/stored(_:)``.
    package let name: String
    /// One `CREATE TABLE` statement that names the table without a database.
    package let text: String
    package let location: SourceLocation
    /// The table that it is `LIKE`, which has to be there before it.
    package let like: String?
    /// The text as it stands in git, where ``text`` was printed anew.
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
    /// The tables and other objects as the server writes them back, by encoded name.
    ///
    /// All tables of a namespace go in together, so that the server checks their foreign keys;
    /// sequences before them, and everything else when they are there.
    /// Throws `rejected` with everything that it refuses.
    package func normalise(
        _ tables: [TableToNormalise], objects: [ObjectToNormalise] = []
    ) throws(WorkspaceError) -> [String: CatalogTable] {
        try startingEmpty { () throws(WorkspaceError) in
            let sequences = objects.filter { $0.name.kind == .sequence }
            var result = try createAndRead(sequences)
            for (name, table) in try createAndRead(tables) {
                result[ObjectName(.table, name).encoded] = table
            }
            let others = try createAndRead(objects.filter { $0.name.kind != .sequence })
            return result.merging(others) { first, _ in first }
        }
    }

    private func createAndRead(
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
        // Without checks only LIKE has an order: parents may come after their children.
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

    /// The tables as they are shown where each was made behind its parents.
    ///
    /// A table that is there before its parent keeps the letters in which its text names the
    /// parent's columns; others are shown with those that the columns have.
    private func withLettersOfParents(_ created: [String: CatalogTable]) -> [String: CatalogTable] {
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
        // What follows is made from what the server shows; a session that is lost runs nothing.
        if connection.isUsable { try setMode(profile.creationMode.map { _ in profile.sqlMode }) }
        return try rejected.get()
    }

    /// Runs the texts as they stand in git, in the mode in which they are meant.
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

    /// What a text of MySQL's own says that no `CREATE TABLE` carries out; see ``LostDefaults``.
    private func asWritten(_ table: TableToNormalise, _ made: CatalogTable) -> CatalogTable {
        guard profile.flavour == .mysql else { return made }
        return Array(table.written.utf8).withUnsafeBufferPointer { bytes in
            let text = CanonicalText.stripAutoIncrement(bytes).bytes
            guard
                LostDefaults.areAll(between: String(decoding: text, as: UTF8.self), and: made.text)
            else { return made }
            return catalog.table(showCreate: bytes, flavour: .mysql)
        }
    }

    /// Foreign keys to tables that the schema does not have.
    private func dangling(
        _ tables: [TableToNormalise], _ created: [String: CatalogTable], known bad: Set<String>
    ) -> [RejectedTable] {
        // As the server compares names, which it wrote into the definitions itself.
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

    /// Has the server check every foreign key against its parent, cycles included.
    ///
    /// First all foreign keys go, so that a table is never blamed for those of its children; then
    /// each table is created once more with its own, all parents being there.
    private func checkForeignKeys(
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
            // Its children need it to be there for their own check.
            try dropForeignKeys(of: table, created)
        }
        return rejected
    }

    /// Makes the table as it is, indexes for its foreign keys included, but without those keys.
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
            reason: try refusal(
                error, while: "creating table \(SQL.identifier(table.name))"))
    }

    /// Why the server takes a text for wrong; throws where the server itself is at fault.
    func refusal(
        _ error: MySQLError, while activity: String
    ) throws(WorkspaceError) -> String {
        guard connection.isUsable, error.retry == .permanent, !error.kind.isTheServers else {
            throw WorkspaceError(error, while: activity)
        }
        // The reason for a refused foreign key is in a warning beside the error.
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

    /// - Parameter mode: nil to leave it as it is.
    private func setMode(_ mode: String?) throws(WorkspaceError) {
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

    /// The table as it now is in the workspace; nil where it is not.
    func read(_ table: String) throws(WorkspaceError) -> CatalogTable? {
        do throws(MySQLError) {
            return try LiveTable.read(table, database: name, on: connection, catalog: catalog)
        } catch {
            throw WorkspaceError(error, while: "reading table \(SQL.identifier(table))")
        }
    }
}

extension CatalogTable {
    /// Whether the server can check the table's foreign keys: it has some, and no parent lies in
    /// another database or was refused itself.
    fileprivate func isCheckable(without refused: Set<String>) -> Bool {
        guard let table else { return text.contains(" FOREIGN KEY (") }
        return !table.foreignKeys.isEmpty
            && table.foreignKeys.allSatisfy {
                $0.referencedSchema == nil && !refused.contains($0.referencedTable)
            }
    }
}
