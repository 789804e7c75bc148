/// Parses the output of `SHOW CREATE TABLE`, of MariaDB and MySQL, into a ``Table``.
///
/// It is strict: whatever it does not know is an error, and the caller then leaves the table
/// alone. Hand-written statements are read by ``SQLScript``.
package struct TableParser {
    var reader: TokenReader
    let flavour: ServerProfile.Flavour

    private init(
        _ bytes: UnsafeBufferPointer<UInt8>, _ flavour: ServerProfile.Flavour
    ) throws(SchemaError) {
        reader = try TokenReader(Lexer(bytes))
        self.flavour = flavour
    }

    /// The table that `bytes` describe; throws at the first token that is not understood.
    package static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, flavour: ServerProfile.Flavour
    ) throws(SchemaError) -> Table {
        var parser = try TableParser(bytes, flavour)
        return try parser.table()
    }

    /// The table that `text` describes.
    package static func parse(
        _ text: [UInt8], flavour: ServerProfile.Flavour
    ) throws(SchemaError) -> Table {
        try text.withUnsafeBufferPointer { bytes throws(SchemaError) in
            try parse(bytes, flavour: flavour)
        }
    }

    /// The table that `text` describes.
    package static func parse(
        _ text: String, flavour: ServerProfile.Flavour
    ) throws(SchemaError) -> Table {
        try parse(Array(text.utf8), flavour: flavour)
    }

    private mutating func table() throws(SchemaError) -> Table {
        try reader.expect("CREATE")
        try reader.expect("TABLE")
        var table = Table(name: try name(), columns: [])
        table.columns.reserveCapacity(8)
        try reader.expect(symbol: "(")
        repeat {
            try definition(into: &table)
        } while try reader.take(symbol: ",")
        try reader.expect(symbol: ")")
        try options(into: &table)
        try partitioning(into: &table)
        guard reader.token.kind == .end else { throw reader.unexpected("the end") }
        return table
    }

    private mutating func definition(into table: inout Table) throws(SchemaError) {
        if reader.token.kind == .quotedName {
            try column(into: &table.columns)
        } else if try reader.take("CONSTRAINT") {
            let name = try name()
            if try reader.take("CHECK") {
                table.checks.append(try check(named: name))
            } else {
                table.foreignKeys.append(try foreignKey(named: name))
            }
        } else if try reader.take("PERIOD") {
            table.periods.append(try period())
        } else {
            table.indexes.append(try index())
        }
    }

    /// Takes a name between backticks.
    mutating func name() throws(SchemaError) -> String {
        guard reader.token.kind == .quotedName else { throw reader.unexpected("a quoted name") }
        let name = reader.name(of: reader.token)
        try reader.advance()
        return name
    }

    /// Takes names in parentheses.
    mutating func names() throws(SchemaError) -> [String] {
        var names: [String] = []
        try reader.expect(symbol: "(")
        repeat {
            names.append(try name())
        } while try reader.take(symbol: ",")
        try reader.expect(symbol: ")")
        return names
    }

    /// Takes the current token and returns its text.
    mutating func takeText(_ kind: Token.Kind, _ expected: String) throws(SchemaError) -> String {
        guard reader.token.kind == kind else { throw reader.unexpected(expected) }
        let text = reader.text(reader.token.range)
        try reader.advance()
        return text
    }

    /// Takes a version comment and returns it as printed, with its marks.
    mutating func versionComment() throws(SchemaError) -> String {
        let start = reader.token.start
        var depth = 0
        repeat {
            switch reader.token.kind {
            case .versionOpen: depth += 1
            case .versionClose: depth -= 1
            case .end, .delimiter: throw reader.unexpected("`*/`")
            case .word, .number, .string, .quotedName, .symbol: break
            }
            try reader.advance()
        } while depth > 0
        return reader.text(start..<reader.previousEnd)
    }
}
