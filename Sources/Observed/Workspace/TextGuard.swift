import Schema

/// Keeps texts from git from having an effect outside of the workspace.
///
/// The workspace may be on a production server. A text is therefore printed from tokens as this
/// server reads them, and must be one statement of a supported form that creates the expected
/// object in the selected database.
struct TextGuard {
    let profile: ServerProfile
    let permissions: StatementText.Permissions

    /// The table with the text to send, or why nothing is sent.
    func checked(_ table: TableToNormalise) -> Result<TableToNormalise, RejectedTable> {
        statement(table.text, named: ObjectName(.table, table.name), profile.fileMode).map {
            var checked = TableToNormalise(
                name: table.name, text: $0.sql, location: table.location, like: table.like,
                written: table.written)
            checked.references = table.references
            return checked
        }.mapError {
            RejectedTable(table: table.name, location: table.location, reason: $0.reason)
        }
    }

    /// The definition of `object` with the text to send, or why nothing is sent.
    ///
    /// - Parameter functions: the functions that the schema defines, by lower-case names.
    func definition(
        of object: ObjectToNormalise, functions: Set<String> = []
    ) -> Result<ObjectDefinition, RejectedTable> {
        func refused(_ reason: String) -> Result<ObjectDefinition, RejectedTable> {
            .failure(RejectedTable(object, reason: reason))
        }
        // The place among other triggers comes from Plumb, not from comment lines in the file.
        var (settings, rest) = CreationSettings.split(object.text)
        if Dialect.isUnreadable(sqlMode: settings.sqlMode ?? "") {
            return refused("its SQL mode has MSSQL, whose names in square brackets are not read")
        }
        // From here on the text is read under the mode in which it will run.
        settings.sqlMode = settings.sqlMode ?? profile.creationMode
        let source = ObjectDefinition(text: settings.commentLines + rest)
        let text = source?.create ?? String(rest)
        let printed: String
        switch statement(text, named: object.name, settings.sqlMode ?? profile.fileMode) {
        case .success(let statement):
            // A server may run a function while it creates a view, so only the server's built-in
            // ones and the schema's are allowed, not loadable functions.
            let unknown = statement.calls.filter { !functions.contains($0.lowercased()) }
            if let function = unknown.min() {
                return refused(
                    "the function \(SQL.identifier(function)) is neither the server's own nor "
                        + "defined by the schema")
            }
            printed = statement.sql
        case .failure(let refusal): return refused(refusal.reason)
        }
        let marked = ObjectDefinition.marked(printed, settings, after: source?.predecessors ?? [])
        guard let definition = ObjectDefinition(text: marked) else {
            return refused("it is not one CREATE statement")
        }
        guard NameFolding(profile).stored(definition.name) == object.name,
            definition.database == nil
        else {
            return refused("its text does not create an object of that name")
        }
        guard definition.name.kind != .event || definition.disabled.isDisabled else {
            return refused("where its schedule ends and its body begins is unclear")
        }
        return .success(definition)
    }

    /// A statement to send, made from another server's definition: checked and printed from tokens
    /// like every text, as a server may return anything.
    ///
    /// - Parameter what: the object, for errors.
    func checkedDefinition(_ sql: String, _ what: String) throws(WorkspaceError) -> String {
        do throws(SchemaError) {
            let statement = try StatementText.read(
                sql, dialect: Dialect(profile), allowing: permissions)
            if statement.name.kind == .table || statement.name.kind == .sequence,
                !WorkspaceName.isMark(statement.name.name)
            {
                return statement.sql
            }
        } catch {
            throw WorkspaceError(
                .notProved,
                "\(what): the definition on its server is not run on another one: \(error.message)",
                remedy: "change it by hand")
        }
        throw WorkspaceError(
            .notProved, "\(what): the definition on its server makes no table or sequence")
    }

    /// A text that creates a table of this name could fake the mark of a workspace.
    private static let markReason = "the name is that of Plumb's own mark: choose another"

    private struct Refusal: Error {
        let reason: String
    }

    /// The statement to send.
    ///
    /// - Parameter sqlMode: the mode under which it will run.
    private func statement(
        _ text: String, named name: ObjectName, _ sqlMode: String
    ) -> Result<StatementText, Refusal> {
        guard !WorkspaceName.isMark(name.name) else {
            return .failure(Refusal(reason: Self.markReason))
        }
        do throws(SchemaError) {
            let statement = try StatementText.read(
                text, dialect: Dialect(profile, sqlMode: sqlMode), allowing: permissions)
            guard NameFolding(profile).stored(statement.name) == name else {
                let kind = name.kind.rawValue
                return .failure(Refusal(reason: "its text does not create a \(kind) of that name"))
            }
            return .success(statement)
        } catch {
            let reason = [error.message, error.remedy].compactMap { $0 }.joined(separator: "; ")
            return .failure(Refusal(reason: reason))
        }
    }
}
