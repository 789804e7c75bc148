import Schema

/// The statements that schema folders may have: definitions of objects, not changes.
enum StatementRules {
    /// Why `statement` is refused; nil where it is not.
    static func refusal(
        of statement: SourceStatement, managing kinds: Set<ObjectName.Kind>
    ) -> Diagnostic? {
        if let object = statement.kind.object { return self.object(object, statement, kinds) }
        switch statement.kind {
        case .createTable(let name): return table(name, statement)
        case .createView, .createTrigger, .createProcedure, .createFunction, .createEvent,
            .createSequence:
            return nil
        case .createIndex(let table):
            return refused(
                "CREATE INDEX on `\(table)` is a change, and a schema file says what tables are",
                "write the index into the CREATE TABLE of `\(table)`", statement)
        case .alterTable(let name):
            return refused(
                "ALTER TABLE `\(name)` is a change, and a schema file says what tables are",
                "change the CREATE TABLE of `\(name)`", statement)
        case .other(let firstWords):
            return refused(
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
        if let other = table.like, let database = other.database {
            return Diagnostic(
                .qualifiedTable,
                "the table `\(name)` is LIKE a table of the database `\(database)`",
                remedy: "write its columns out: each shard has a database of its own",
                at: other.location)
        }
        if table.isFromSelect {
            return refused(
                "the table `\(name)` is defined by a SELECT", "write its columns out", statement)
        }
        return nil
    }

    private static func object(
        _ name: ObjectName, _ statement: SourceStatement, _ kinds: Set<ObjectName.Kind>
    ) -> Diagnostic? {
        let place = statement.nameLocation ?? statement.location
        guard kinds.contains(name.kind) else {
            return Diagnostic(
                .unsupportedStatement,
                "the \(name) is not a table, and the namespace manages no \(name.kind.rawValue)s",
                remedy: "add `\(ManagedKind.managing(name.kind).rawValue)` to `manage`, or move "
                    + "it out of the schema folder", at: place)
        }
        if let database = statement.database {
            return Diagnostic(
                .qualifiedTable, "the \(name) is written with the database `\(database)`",
                remedy: "write the name alone: each shard has a database of its own", at: place)
        }
        if statement.isTemporary {
            return refused(
                "the \(name) is temporary, and no shard keeps it", "remove TEMPORARY", statement)
        }
        return nil
    }

    private static func refused(
        _ message: String, _ remedy: String, _ statement: SourceStatement
    ) -> Diagnostic {
        Diagnostic(.unsupportedStatement, message, remedy: remedy, at: statement.location)
    }
}
