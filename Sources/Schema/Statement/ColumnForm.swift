/// A column of `CREATE TABLE`: its type and attributes.
extension FormReader {
    mutating func column(of table: String) throws(SchemaError) {
        try columnDefinition(of: table)
        guard cursor.at(symbol: ",") || cursor.at(symbol: ")") else { throw unknown() }
    }

    /// Reads a column up to what is no attribute of it.
    mutating func columnDefinition(of table: String) throws(SchemaError) {
        let place = cursor
        let first = try expectName("a column, key or constraint")
        if cursor.take(symbol: ".") {
            // Servers accept `table.column`; with a database before it Plumb refuses it.
            guard first.lowercased() == table.lowercased(), takeName() != nil,
                !cursor.at(symbol: ".")
            else {
                throw FormReader(place, allowing: permissions).refusal(
                    "a column is written with a database or another table",
                    remedy: "write its name alone")
            }
        }
        try columnType()
        while try attribute(of: table) {}
    }

    // MARK: Types

    private mutating func columnType() throws(SchemaError) {
        if cursor.at("MARIADB_SCHEMA") || cursor.at("ORACLE_SCHEMA") || cursor.at("MAXDB_SCHEMA"),
            cursor.at(symbol: ".", ahead: 1)
        {
            cursor.advance()
            cursor.advance()
        }
        guard let type = cursor.word(), ColumnTypes.known.contains(type.lowercased()) else {
            throw cursor.unexpected("the type of a column")
        }
        cursor.advance()
        while cursor.at(anyOf: Self.typeWords), !cursor.at("SET", ahead: 1) { cursor.advance() }
        guard cursor.at(symbol: "(") else { return }
        repeat {
            cursor.advance()
            guard takeNumber() || takeString() else {
                throw cursor.unexpected("a number or a string")
            }
        } while cursor.at(symbol: ",")
        try expect(symbol: ")")
    }

    private static let typeWords: Set = [
        "PRECISION", "VARYING", "VARCHAR", "VARCHARACTER", "CHARACTER", "CHAR", "VARBINARY",
        "UNSIGNED", "SIGNED", "ZEROFILL",
    ]

    // MARK: Attributes

    private mutating func attribute(of table: String) throws(SchemaError) -> Bool {
        if takeLoneAttribute() { return true }
        if try takeEngineOption() { return true }
        switch cursor.word() {
        case "NOT" where cursor.at(anyOf: ["NULL", "SECONDARY"], ahead: 1):
            advance(2)
        case "DEFAULT":
            cursor.advance()
            try defaultValue(of: table)
        case "ON" where cursor.at("UPDATE", ahead: 1):
            advance(2)
            try currentTime()
        case "SERIAL" where cursor.at("DEFAULT", ahead: 1) && cursor.at("VALUE", ahead: 2):
            advance(3)
        case "UNIQUE", "PRIMARY":
            cursor.advance()
            _ = cursor.take("KEY")
        case "COMMENT":
            cursor.advance()
            _ = cursor.take(symbol: "=")
            try expectString()
        case "CHARACTER", "CHAR":
            cursor.advance()
            try expect("SET")
            try wordOrString("a character set")
        case "CHARSET", "COLLATE":
            cursor.advance()
            _ = cursor.take(symbol: "=")
            try wordOrString("a character set or collation")
        case "COLUMN_FORMAT":
            cursor.advance()
            try expect(anyOf: ["FIXED", "DYNAMIC", "DEFAULT", "COMPRESSED"])
        case "STORAGE":
            cursor.advance()
            try expect(anyOf: ["DISK", "MEMORY", "DEFAULT"])
        case "GENERATED", "AS":
            try generation(of: table)
        case "CONSTRAINT":
            cursor.advance()
            if !cursor.at("CHECK") { _ = try expectName("the name of a check") }
            try check(of: table)
        case "CHECK":
            try check(of: table)
        case "REFERENCES":
            try references()
        case "SRID", "REF_SYSTEM_ID":
            cursor.advance()
            _ = cursor.take(symbol: "=")
            guard takeNumber() else { throw cursor.unexpected("a number") }
        case "COMPRESSED":
            cursor.advance()
            if cursor.at(symbol: "=") { try optionValue() }
        case "WITH", "WITHOUT":
            cursor.advance()
            try expect("SYSTEM")
            try expect("VERSIONING")
        case "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE":
            cursor.advance()
            try optionValue()
        default:
            return false
        }
        return true
    }

    private mutating func takeLoneAttribute() -> Bool {
        if cursor.at("SERIAL") || cursor.at("ON") { return false }
        return take(anyOf: Self.loneAttributes)
    }

    private static let loneAttributes: Set = [
        "NULL", "AUTO_INCREMENT", "KEY", "ASCII", "UNICODE", "BINARY", "BYTE", "UNSIGNED", "SIGNED",
        "ZEROFILL", "VIRTUAL", "STORED", "PERSISTENT", "INVISIBLE", "VISIBLE",
    ]

    private mutating func advance(_ count: Int) {
        for _ in 0..<count { cursor.advance() }
    }

    /// Reads `GENERATED ALWAYS AS (…)`, `AS (…)` or `GENERATED ALWAYS AS ROW START`.
    private mutating func generation(of table: String) throws(SchemaError) {
        if cursor.take("GENERATED") { try expect("ALWAYS") }
        try expect("AS")
        if cursor.take("ROW") {
            try expect(anyOf: ["START", "END"])
        } else {
            try expression(in: .table(table))
        }
    }

    private mutating func currentTime() throws(SchemaError) {
        try expect(anyOf: ["CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP"])
        guard cursor.take(symbol: "(") else { return }
        _ = takeNumber()
        try expect(symbol: ")")
    }

    /// Reads a literal, a function call, or an expression in parentheses.
    private mutating func defaultValue(of table: String) throws(SchemaError) {
        // `_latin1 0x41`, `_latin1 x'41'`.
        let isIntroduced = cursor.word()?.hasPrefix("_") == true
        if isIntroduced, cursor.isNumber(ahead: 1) || cursor.at(anyOf: ["X", "B"], ahead: 1) {
            cursor.advance()
        }
        if takeNumber() || takeString() { return }
        if cursor.at(symbol: "(") { return try expression(in: .table(table)) }
        if cursor.at("NEXT") || cursor.at("PREVIOUS") {
            cursor.advance()
            try expect("VALUE")
            try expect("FOR")
            return try plainTableName()
        }
        if cursor.at("CASE") { return try caseExpression(in: .table(table)) }
        guard let token = cursor.token, token.kind == .word else {
            throw cursor.unexpected("the default value")
        }
        let start = cursor.index
        try checkName(at: start, in: .table(table))
        cursor.advance()
        if cursor.at(symbol: "(") { try expression(in: .table(table)) }
    }

    /// Takes a word or a string: the name of a character set, collation or tablespace.
    mutating func wordOrString(_ what: String) throws(SchemaError) {
        if takeString() { return }
        _ = try expectName(what)
    }
}
