import Schema

/// Keeps what stands in git from reaching beyond the workspace.
///
/// The workspace may lie on a production server: a text that names another database, or that is
/// another statement altogether, must never run there.
enum TextGuard {
    /// Why `table` must not be run; nil for one plain `CREATE TABLE` in the current database.
    static func objection(to table: TableToNormalise) -> RejectedTable? {
        let reason: String
        do throws(SchemaError) {
            let statements = try SQLScript.statements(
                in: Array(table.text.utf8), file: table.location.file)
            guard let found = objection(to: statements, name: table.name) else { return nil }
            reason = found
        } catch {
            reason = [error.message, error.remedy].compactMap { $0 }.joined(separator: "; ")
        }
        return RejectedTable(table: table.name, location: table.location, reason: reason)
    }

    /// What the text of `object` defines, or why it must not be run.
    static func definition(
        of object: ObjectToNormalise
    ) -> Result<ObjectDefinition, RejectedTable> {
        func refused(_ reason: String) -> Result<ObjectDefinition, RejectedTable> {
            .failure(RejectedTable(object, reason: reason))
        }
        guard let definition = ObjectDefinition(text: object.text) else {
            return refused("it is not one CREATE statement")
        }
        guard definition.name == object.name else {
            return refused("its text does not create an object of that name")
        }
        guard definition.database == nil else {
            return refused("it names a database: write the name alone")
        }
        guard definition.name.kind != .event || definition.asleep.isAsleep else {
            return refused("its schedule cannot be told from its body")
        }
        return .success(definition)
    }

    private static func objection(to statements: [SourceStatement], name: String) -> String? {
        guard statements.count == 1, let statement = statements.first,
            case .createTable(let created) = statement.kind
        else { return "it is not one CREATE TABLE statement" }
        guard created == name else { return "its text does not create a table of that name" }
        if let database = statement.database {
            return "it names database \(SQL.identifier(database)): write the table's name alone"
        }
        if statement.isTemporary || statement.isOrReplace {
            return "it is a CREATE TEMPORARY or CREATE OR REPLACE TABLE: write CREATE TABLE"
        }
        if let database = statement.table?.like?.database {
            return
                "it is LIKE a table of database \(SQL.identifier(database)): write its columns out"
        }
        if statement.table?.isFromSelect == true {
            return "it copies from another table: write out its columns"
        }
        return nil
    }
}
