/// Reads a column's definition behind the first word of its type.
struct SourceColumnReader {
    private var cursor: TokenCursor
    private var column: SourceTable.Column

    /// `column` with its attributes, and the parent table of a `REFERENCES` among them; moves to
    /// the comma or parenthesis behind the column.
    static func column(
        _ column: SourceTable.Column, _ cursor: inout TokenCursor
    ) throws(SchemaError) -> (SourceTable.Column, SourceTable.Reference?) {
        var reader = SourceColumnReader(cursor: cursor, column: column)
        try reader.read()
        cursor = reader.cursor
        return (reader.column, reader.column.reference)
    }

    private mutating func read() throws(SchemaError) {
        if column.type.lowercased() == "serial" { setSerial() }
        while cursor.at(anyOf: Self.typeWords), !cursor.at("SET", ahead: 1) {
            if cursor.at("UNSIGNED") || cursor.at("ZEROFILL") { column.isUnsigned = true }
            if cursor.at("ZEROFILL") { column.isZerofill = true }
            if let word = cursor.word() { column.furtherTypeWords.append(word) }
            cursor.advance()
        }
        column.typeArguments = cursor.takeArguments() ?? []
        while cursor.token != nil, !cursor.at(symbol: ","), !cursor.at(symbol: ")") {
            try attribute()
        }
    }

    /// Words between the first word of a type and its parentheses.
    private static let typeWords: Set = [
        "PRECISION", "VARYING", "VARCHAR", "VARCHARACTER", "CHARACTER", "CHAR", "VARBINARY",
        "UNSIGNED", "SIGNED", "ZEROFILL",
    ]

    private mutating func setSerial() {
        column.isUnsigned = true
        column.isNotNull = true
        column.isAutoIncrement = true
        column.key = column.key ?? .unique
    }

    private mutating func attribute() throws(SchemaError) {
        if cursor.at(symbol: "(") { return cursor.skipGroup() }
        switch cursor.word() {
        case "UNSIGNED": column.isUnsigned = true
        case "ZEROFILL":
            column.isUnsigned = true
            column.isZerofill = true
        case "NULL": column.isExplicitlyNull = true
        case "NOT" where cursor.at("ENFORCED", ahead: 1):
            if let last = column.checks.indices.last { column.checks[last].isEnforced = false }
        case "NOT" where cursor.at("NULL", ahead: 1):
            column.isNotNull = true
            cursor.advance()
        case "AUTO_INCREMENT": column.isAutoIncrement = true
        case "GENERATED": column.isGenerated = true
        case "AS": return takeSource()
        case "STORED", "PERSISTENT": column.isStored = true
        case "CHECK" where cursor.at(symbol: "(", ahead: 1):
            cursor.advance()
            column.checks.append(SourceTable.Check(expression: cursor.takeExpression()))
            return
        case "BINARY": column.binary = .collation
        case "BYTE": column.binary = .bytes
        case "COMPRESSED": column.storage.append("COMPRESSED")
        case "SRID", "REF_SYSTEM_ID": return takeSpace()
        case "WITHOUT" where cursor.at("SYSTEM", ahead: 1):
            column.storage.append("WITHOUT SYSTEM VERSIONING")
        case "COMMENT": column.hasComment = true
        case "DEFAULT": return takeDefault()
        case "SERIAL" where cursor.at("DEFAULT", ahead: 1):
            setSerial()
            for _ in 0..<2 { cursor.advance() }
        case "CHARACTER", "CHAR", "CHARSET", "COLLATE", "ASCII", "UNICODE":
            return takeCharacterSet()
        case "UNIQUE", "PRIMARY", "KEY": return takeKey()
        case "REFERENCES":
            column.reference = try SourceKeyReader.reference(&cursor).0
            return
        case "SET":
            // The DEFAULT of `ON DELETE SET DEFAULT` is not the column's.
            cursor.advance()
        default: break
        }
        cursor.advance()
    }

    /// Reads what follows `AS`: an expression, or `ROW START` and `ROW END` of system versioning.
    private mutating func takeSource() {
        column.isGenerated = true
        cursor.advance()
        if cursor.at(symbol: "(") {
            column.expression = cursor.takeExpression()
        } else if cursor.take("ROW"), let edge = cursor.word() {
            column.storage.append("GENERATED ALWAYS AS ROW \(edge)")
            cursor.advance()
        }
    }

    /// Reads `SRID 4326` or `REF_SYSTEM_ID=4326`.
    private mutating func takeSpace() {
        cursor.advance()
        _ = cursor.take(symbol: "=")
        if let number = cursor.takeName() { column.storage.append("SRID \(number.text)") }
    }

    private mutating func takeKey() {
        if cursor.take("UNIQUE") {
            _ = cursor.take("KEY")
            column.key = column.key ?? .unique
        } else {
            if cursor.take("PRIMARY") { _ = cursor.take("KEY") } else { cursor.advance() }
            column.key = .primary
        }
    }

    private mutating func takeCharacterSet() {
        let isCollation = cursor.at("COLLATE")
        let short = ["ASCII": "latin1", "UNICODE": "ucs2"][cursor.word() ?? ""]
        if let short, let token = cursor.token {
            column.characterSet = word(short, token)
            return cursor.advance()
        }
        let hasSet = cursor.at("SET", ahead: 1)
        cursor.advance()
        if hasSet { cursor.advance() }
        _ = cursor.take(symbol: "=")
        guard let name = cursor.takeName() else { return }
        if isCollation {
            column.collation = word(name.text, name.token)
        } else {
            column.characterSet = word(name.text, name.token)
        }
    }

    /// Reads a literal with its sign or introducer, a function call, or a parenthesised expression.
    private mutating func takeDefault() {
        cursor.advance()
        guard let first = cursor.token, !cursor.at(symbol: ","), !cursor.at(symbol: ")") else {
            return
        }
        if cursor.at(symbol: "(") {
            cursor.skipGroup()
        } else {
            cursor.advance()
            let isSign = first.kind == .symbol
            let isIntroduced = first.kind == .word && cursor.token?.kind == .string
            if isSign || isIntroduced { cursor.advance() }
            if cursor.at(symbol: "(") { cursor.skipGroup() }
        }
        column.defaultValue = word(
            cursor.source.text(first.start..<cursor.previousEnd), first)
    }

    private func word(_ text: String, _ token: Token) -> SourceTable.Word {
        SourceTable.Word(text: text, location: cursor.source.location(of: token.start))
    }
}
