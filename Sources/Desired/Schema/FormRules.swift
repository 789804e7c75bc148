import Schema

/// Holds each statement of a schema folder against the forms that Plumb sends to servers.
enum FormRules {
    /// Why a statement is not one of them, on whatever server; nil where it is. A warning where it
    /// depends on what the operator allows.
    ///
    /// - Parameter file: as errors name it.
    static func finding(about statement: SourceStatement, file: String) -> Diagnostic? {
        let mode = statement.settings.sqlMode ?? ""
        guard !Dialect.isUnreadable(sqlMode: mode) else {
            return Diagnostic(
                .unsupportedStatement, "the SQL mode MSSQL puts names in square brackets",
                remedy: "make the object without that mode", at: statement.location)
        }
        do throws(SchemaError) {
            // Whether directories are allowed, only the operator says: the workspace asks.
            let name = try StatementText.checkEverywhere(
                statement.text, sqlMode: mode,
                allowing: StatementText.Permissions(directories: true))
            guard name == statement.announced else {
                return Diagnostic(
                    .unsupportedStatement, "the statement does not create what it seems to",
                    remedy: "write what is to be without `/*! … */`", at: statement.location)
            }
            return directoryWarning(about: statement, mode, file)
        } catch {
            return diagnostic(error, about: statement, file)
        }
    }

    /// What a table says that only an operator's file can allow.
    private static func directoryWarning(
        about statement: SourceStatement, _ mode: String, _ file: String
    ) -> Diagnostic? {
        do throws(SchemaError) {
            _ = try StatementText.checkEverywhere(statement.text, sqlMode: mode)
            return nil
        } catch {
            let found = diagnostic(error, about: statement, file)
            return Diagnostic(
                found.code, found.message, remedy: found.remedy, at: found.location,
                severity: .warning, excerpt: found.excerpt)
        }
    }

    private static func diagnostic(
        _ error: SchemaError, about statement: SourceStatement, _ file: String
    ) -> Diagnostic {
        let place = SourceLocation(
            file: file, line: statement.location.line, column: statement.location.column)
        return Diagnostic(error.at(place), file: file)
    }
}

extension SourceStatement {
    /// What it creates, as far as it is read here.
    fileprivate var announced: ObjectName? {
        if case .createTable(let name) = kind { return ObjectName(.table, name) }
        return kind.object
    }
}
