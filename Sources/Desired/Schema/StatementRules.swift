import Schema

/// Which statements a schema folder may have: plain `CREATE TABLE`, and nothing else.
enum StatementRules {
    /// Why `statement` is refused; nil where it is not.
    static func refusal(of statement: SourceStatement) -> Diagnostic? {
        switch statement.kind {
        case .createTable(let name): table(name, statement)
        case .createView(let name): unmanaged("view", name, statement)
        case .createTrigger(let name): unmanaged("trigger", name, statement)
        case .createProcedure(let name): unmanaged("procedure", name, statement)
        case .createFunction(let name): unmanaged("function", name, statement)
        case .createEvent(let name): unmanaged("event", name, statement)
        case .createSequence(let name): unmanaged("sequence", name, statement)
        case .createIndex(let table):
            refused(
                "CREATE INDEX on `\(table)` is a change, and a schema file says what tables are",
                "write the index into the CREATE TABLE of `\(table)`", statement)
        case .alterTable(let name):
            refused(
                "ALTER TABLE `\(name)` is a change, and a schema file says what tables are",
                "change the CREATE TABLE of `\(name)`", statement)
        case .other(let firstWords):
            refused(
                "\(firstWords) is not a CREATE TABLE", "remove the statement", statement)
        }
    }

    private static func table(_ name: String, _ statement: SourceStatement) -> Diagnostic? {
        if let database = statement.database {
            return Diagnostic(
                .qualifiedTable, "the table `\(name)` is written with the database `\(database)`",
                remedy: "write the name alone: each shard has a database of its own",
                at: statement.nameLocation ?? statement.location)
        }
        if statement.isTemporary {
            return refused(
                "the table `\(name)` is temporary, and no shard keeps it", "remove TEMPORARY",
                statement)
        }
        if statement.isOrReplace {
            return refused(
                "the table `\(name)` is written with OR REPLACE, which drops data",
                "remove OR REPLACE: changes are planned", statement)
        }
        guard let table = statement.table else {
            return refused(
                "the definition of `\(name)` cannot be read", "write its columns", statement)
        }
        if let other = table.like {
            return refused(
                "the table `\(name)` is defined as LIKE `\(other)`", "write its columns out",
                statement)
        }
        if table.isFromSelect {
            return refused(
                "the table `\(name)` is defined by a SELECT", "write its columns out", statement)
        }
        return nil
    }

    private static func unmanaged(
        _ kind: String, _ name: String, _ statement: SourceStatement
    ) -> Diagnostic {
        Diagnostic(
            .unsupported, "the \(kind) `\(name)` is not a table, and this release manages tables",
            remedy: "move it out of the schema folder",
            at: statement.nameLocation ?? statement.location)
    }

    private static func refused(
        _ message: String, _ remedy: String, _ statement: SourceStatement
    ) -> Diagnostic {
        Diagnostic(.unsupportedStatement, message, remedy: remedy, at: statement.location)
    }
}
