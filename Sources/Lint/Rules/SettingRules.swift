import Desired
import Schema

/// Rules about texts whose meaning depends on settings of the server.
enum SettingRules {
    static let modeDependent = Rule(
        .modeDependent, .warning,
        "A text with double quotes, two pipes, a backslash in a string, or NOT before an operator "
            + "means another thing where the server's SQL mode is another one",
        remedy: "write it so that every mode reads it alike, or say `sql_mode` of the namespace in "
            + "plumb.yaml",
        check: { context in
            guard !context.saysMode else { return [] }
            return ModeDependence.found(in: context.table.text).compactMap { found in
                meaning(of: found.mode, inProgram: false).map {
                    Issue(
                        "the table `\(context.name)` has \($0)",
                        at: context.location(of: found.offset))
                }
            }
        },
        objects: { context in
            guard !context.saysMode else { return [] }
            let isProgram = context.name.kind != .view
            return ModeDependence.found(in: context.object.statement).compactMap { found in
                meaning(of: found.mode, inProgram: isProgram).map {
                    Issue("the \(context.name) has \($0)", at: context.location(of: found.offset))
                }
            }
        })

    /// Nil where servers rarely have the mode, or where the text usually means the same.
    private static func meaning(of mode: ModeDependence, inProgram: Bool) -> String? {
        switch mode {
        case .backslash:
            "a backslash in a string: a character like any other under NO_BACKSLASH_ESCAPES"
        case .doubleQuote: "\"…\": a string, and a name under ANSI_QUOTES"
        case .pipes: "||: OR, and under PIPES_AS_CONCAT it joins strings"
        case .not: inProgram ? nil : "a NOT that binds more tightly under HIGH_NOT_PRECEDENCE"
        case .emptyString: nil
        }
    }

    static let zoneDependent = Rule(
        .zoneDependent, .warning,
        "A time that is the default of a TIMESTAMP column is another moment on a server with "
            + "another time zone",
        remedy: "let all servers have one time zone, or use `datetime`"
    ) { context in
        context.source.columns.compactMap { column in
            guard case .timestamp = ColumnShape(column), let value = column.defaultValue,
                let quote = value.text.first(where: { $0 == "'" || $0 == "\"" }),
                !value.text.contains("\(quote)0000")
            else { return nil }
            return Issue(
                "the column `\(column.name)` of `\(context.name)` has the default \(value.text), "
                    + "which each server reads in its own time zone",
                at: value.location, column: column.name)
        }
    }
}

extension TableContext {
    /// The place of a byte of the table's text, found from the place of its name.
    fileprivate func location(of offset: Int) -> SourceLocation {
        let bytes = Array(table.text.utf8)
        let name = Array(table.name.utf8)
        let place = bytes.indices.first { bytes[$0...].starts(with: name) } ?? 0
        let quotes = "`\"".utf8
        let start = place > 0 && quotes.contains(bytes[place - 1]) ? place - 1 : place
        let newline = UInt8(ascii: "\n")
        let lines = bytes[..<offset].count { $0 == newline }
        let own = bytes[..<start].count { $0 == newline }
        guard lines == own else {
            let lineStart = bytes[..<offset].lastIndex(of: newline) ?? -1
            return SourceLocation(
                file: table.location.file, line: table.location.line + lines - own,
                column: offset - lineStart)
        }
        return SourceLocation(
            file: table.location.file, line: table.location.line,
            column: table.location.column + offset - start)
    }
}
