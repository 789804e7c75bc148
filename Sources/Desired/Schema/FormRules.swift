import Schema

/// Checks each statement of a schema folder against the forms that Plumb sends to servers.
enum FormRules {
    /// Why a statement has none of these forms on some server; nil where it has one on all. A
    /// warning where the operator can allow it.
    ///
    /// - Parameters:
    ///   - file: the path, for errors.
    ///   - sqlMode: the mode in which the file is read.
    static func finding(
        about statement: SourceStatement, file: String, sqlMode: String
    ) -> Diagnostic? {
        let mode = statement.settings.sqlMode ?? sqlMode
        guard !Dialect.isUnreadable(sqlMode: statement.settings.sqlMode ?? "") else {
            return Diagnostic(
                .unsupportedStatement, "the SQL mode MSSQL puts names in square brackets",
                remedy: "make the object without that mode", at: statement.location)
        }
        do throws(SchemaError) {
            return mismatch(
                try StatementText.checkEverywhere(statement.text, sqlMode: mode), statement)
        } catch {
            return finding(error, about: statement, mode, file)
        }
    }

    /// The refusal, as a warning where an operator's file could allow the clause; the workspace
    /// then checks whether it does.
    private static func finding(
        _ refusal: SchemaError, about statement: SourceStatement, _ mode: String, _ file: String
    ) -> Diagnostic {
        do throws(SchemaError) {
            let name = try StatementText.checkEverywhere(
                statement.text, sqlMode: mode,
                allowing: StatementText.Permissions(directories: true))
            return mismatch(name, statement)
                ?? diagnostic(refusal, about: statement, file, severity: .warning)
        } catch {
            return diagnostic(error, about: statement, file)
        }
    }

    private static func mismatch(_ name: ObjectName, _ statement: SourceStatement) -> Diagnostic? {
        guard name != statement.announced else { return nil }
        return Diagnostic(
            .unsupportedStatement, "the statement does not create what it seems to",
            remedy: "write the statement without `/*! … */`", at: statement.location)
    }

    private static func diagnostic(
        _ error: SchemaError, about statement: SourceStatement, _ file: String,
        severity: Diagnostic.Severity = .error
    ) -> Diagnostic {
        let place = SourceLocation(
            file: file, line: statement.location.line, column: statement.location.column)
        let found = Diagnostic(error.at(place), file: file)
        return Diagnostic(
            found.code, found.message, remedy: found.remedy, at: found.location,
            severity: severity, excerpt: found.excerpt)
    }
}

extension SourceStatement {
    /// The object that it creates, as far as it was read here.
    fileprivate var announced: ObjectName? {
        if case .createTable(let name) = kind { return ObjectName(.table, name) }
        return kind.object
    }
}
