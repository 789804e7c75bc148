import Schema

/// Keeps what stands in git from reaching beyond the workspace.
///
/// The workspace may lie on a production server: what is sent to it is printed from tokens that
/// were understood as this server understands them, and is one statement of a known form that
/// makes the announced object in the current database.
struct TextGuard {
    let profile: ServerProfile
    let permissions: StatementText.Permissions

    /// The table with the text to send, or why none is sent.
    func checked(_ table: TableToNormalise) -> Result<TableToNormalise, RejectedTable> {
        statement(table.text, named: ObjectName(.table, table.name), profile.fileMode).map {
            TableToNormalise(
                name: table.name, text: $0.sql, location: table.location, like: table.like,
                written: table.written)
        }.mapError {
            RejectedTable(table: table.name, location: table.location, reason: $0.reason)
        }
    }

    /// What the text of `object` defines, by the text to send, or why none is sent.
    ///
    /// - Parameter functions: those that the schema defines, by their names in small letters.
    func definition(
        of object: ObjectToNormalise, functions: Set<String> = []
    ) -> Result<ObjectDefinition, RejectedTable> {
        func refused(_ reason: String) -> Result<ObjectDefinition, RejectedTable> {
            .failure(RejectedTable(object, reason: reason))
        }
        // Where it stands among others is said before the statement, by Plumb itself.
        var (settings, rest) = CreationSettings.split(object.text)
        if Dialect.isUnreadable(sqlMode: settings.sqlMode ?? "") {
            return refused("its SQL mode has MSSQL, whose names in square brackets are not read")
        }
        // Whatever is made of the text from here on reads it in the mode in which it will run.
        settings.sqlMode = settings.sqlMode ?? profile.creationMode
        let source = ObjectDefinition(text: settings.marks + rest)
        let text = source?.create ?? String(rest)
        let printed: String
        switch statement(text, named: object.name, settings.sqlMode ?? profile.fileMode) {
        case .success(let statement):
            // One that somebody added to the server is not sent: a server may run it while it
            // makes the view.
            let unknown = statement.calls.filter { !functions.contains($0.lowercased()) }
            if let function = unknown.min() {
                return refused(
                    "the function \(SQL.identifier(function)) is neither the server's own nor "
                        + "defined by the schema")
            }
            printed = statement.sql
        case .failure(let refusal): return refused(refusal.reason)
        }
        let marked = ObjectDefinition.marked(printed, settings, after: source?.after ?? [])
        guard let definition = ObjectDefinition(text: marked) else {
            return refused("it is not one CREATE statement")
        }
        guard NameFolding(profile).stored(definition.name) == object.name,
            definition.database == nil
        else {
            return refused("its text does not create an object of that name")
        }
        guard definition.name.kind != .event || definition.asleep.isAsleep else {
            return refused("its schedule cannot be told from its body")
        }
        return .success(definition)
    }

    /// A statement that makes what a server showed, to be run on another one: printed from tokens
    /// as every text is, for a server may show anything.
    ///
    /// - Parameter what: names the object in errors.
    func shown(_ sql: String, _ what: String) throws(WorkspaceError) -> String {
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
                "\(what): what its server shows is not run on another one: \(error.message)",
                remedy: "change it by hand")
        }
        throw WorkspaceError(
            .notProved, "\(what): what its server shows makes no table or sequence")
    }

    /// With a table of that name a text could take a workspace's mark, or set one elsewhere.
    private static let markReason = "the name is that of Plumb's own mark: choose another"

    private struct Refusal: Error {
        let reason: String
    }

    /// The statement to send.
    ///
    /// - Parameter sqlMode: that in which it will run.
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
