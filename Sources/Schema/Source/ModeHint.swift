/// Reads `plumb: sql_mode 'STRICT_TRANS_TABLES'`, the SQL mode under which an object is made.
enum ModeHint {
    /// The mode that a comment names; nil where it is no such hint.
    static func mode(
        in comment: Range<Int>, of source: SourceText
    ) throws(SchemaError) -> String? {
        var text = source.text(comment)[...]
        if text.hasPrefix("/*") { text = text.dropFirst(2).dropLast(2) }
        text = text.drop { "-#*! \t\r\n".contains($0) }
        guard text.lowercased().hasPrefix("plumb:") else { return nil }
        let words = text.dropFirst("plumb:".count).split(whereSeparator: \.isWhitespace)
        guard words.first?.lowercased() == "sql_mode" else { return nil }
        let value = words.dropFirst().joined()
        let isQuoted = value.utf8.count >= 2 && value.hasPrefix("'") && value.hasSuffix("'")
        let mode = isQuoted ? String(value.dropFirst().dropLast()) : value
        guard isQuoted || !mode.isEmpty, mode.utf8.allSatisfy(isPartOfMode) else {
            throw source.error(
                .syntax, "this SQL mode is not understood",
                remedy: "write `-- plumb: sql_mode 'STRICT_TRANS_TABLES'`, with all modes between "
                    + "the quotes and commas between them", at: comment)
        }
        return mode
    }

    static func misplaced(_ comment: Range<Int>, _ source: SourceText) -> SchemaError {
        source.error(
            .syntax, "this SQL mode belongs to no trigger, routine or event",
            remedy: "put it on a line of its own above the CREATE", at: comment)
    }

    private static func isPartOfMode(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "_")
            || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
    }
}

extension SourceStatement.Kind {
    /// Whether a server keeps the SQL mode under which it was made.
    var keepsSQLMode: Bool {
        switch self {
        case .createTrigger, .createProcedure, .createFunction, .createEvent: true
        case .createTable, .createView, .createSequence, .createIndex, .alterTable, .other: false
        }
    }
}
