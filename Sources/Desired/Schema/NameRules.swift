import Schema

/// The rules for names in schema files.
enum NameRules {
    /// Why a name in `statement` is refused, with its place; nil where none is.
    static func refusal(of statement: SourceStatement) -> Diagnostic? {
        if let found = NameCheck.first(in: statement.text) {
            return unfit(found.name, at: place(of: found.offset, in: statement))
        }
        for hint in statement.hints {
            let from =
                switch hint.subject {
                case .table(let from), .column(let from, _): from
                }
            if NameCheck.isUnfit(from) {
                return unfit(NameCheck.escaped(from), at: hint.location)
            }
        }
        guard let name = definedName(statement.kind), WorkspaceName.isMark(name) else { return nil }
        return Diagnostic(
            .unsupportedName, "`\(name)` is the name of the mark on Plumb's own databases",
            remedy: "choose another name", at: statement.nameLocation ?? statement.location)
    }

    private static func unfit(_ name: String, at place: SourceLocation) -> Diagnostic {
        Diagnostic(
            .unsupportedName,
            "the name `\(name)` has a line break, a tab or another control character",
            remedy: "choose a name without it", at: place)
    }

    private static func definedName(_ kind: SourceStatement.Kind) -> String? {
        switch kind {
        case .createTable(let name): name
        case .createView, .createTrigger, .createProcedure, .createFunction, .createEvent,
            .createSequence:
            kind.object?.name
        case .createIndex, .alterTable, .other: nil
        }
    }

    private static func place(of offset: Int, in statement: SourceStatement) -> SourceLocation {
        let before = Array(statement.text.utf8.prefix(offset))
        let start = statement.location
        guard let newline = before.lastIndex(of: UInt8(ascii: "\n")) else {
            return SourceLocation(
                file: start.file, line: start.line, column: start.column + offset)
        }
        let lines = before.filter { $0 == UInt8(ascii: "\n") }.count
        return SourceLocation(
            file: start.file, line: start.line + lines, column: offset - newline)
    }
}
