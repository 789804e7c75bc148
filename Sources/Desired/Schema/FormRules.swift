import Schema

/// Holds each statement of a schema folder against the forms that Plumb sends to servers.
enum FormRules {
    /// Why a statement is not one of them, on whatever server; nil where it is.
    ///
    /// - Parameter file: as errors name it.
    static func refusal(of statement: SourceStatement, file: String) -> Diagnostic? {
        let mode = statement.settings.sqlMode ?? ""
        guard !Dialect.isUnreadable(sqlMode: mode) else {
            return Diagnostic(
                .unsupportedStatement, "the SQL mode MSSQL puts names in square brackets",
                remedy: "make the object without that mode", at: statement.location)
        }
        do throws(SchemaError) {
            let name = try StatementText.checkEverywhere(statement.text, sqlMode: mode)
            guard name == statement.announced else {
                return Diagnostic(
                    .unsupportedStatement, "the statement does not create what it seems to",
                    remedy: "write what is to be without `/*! … */`", at: statement.location)
            }
            return nil
        } catch {
            let place = SourceLocation(
                file: file, line: statement.location.line, column: statement.location.column)
            return Diagnostic(error.at(place), file: file)
        }
    }
}

extension SourceStatement {
    /// What it creates, as far as it is read here.
    fileprivate var announced: ObjectName? {
        if case .createTable(let name) = kind { return ObjectName(.table, name) }
        return kind.object
    }
}
