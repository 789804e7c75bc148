/// The `CREATE TABLE` statement: definitions, options, partitions.
extension FormReader {
    /// Reads a table behind its name.
    mutating func table(_ name: String) throws(SchemaError) {
        if cursor.at("LIKE") { return try like() }
        if cursor.at(symbol: "("), cursor.at("LIKE", ahead: 1) {
            cursor.advance()
            try like()
            return try expect(symbol: ")")
        }
        guard cursor.at(symbol: "(") else {
            throw refusal("the table has no columns of its own", remedy: "write its columns out")
        }
        guard !cursor.at(anyOf: Self.queryWords, ahead: 1), !cursor.at(symbol: "(", ahead: 1) else {
            throw refusal("the table is defined by a query", remedy: "write its columns out")
        }
        repeat {
            cursor.advance()
            try definition(of: name)
        } while cursor.at(symbol: ",")
        try expect(symbol: ")")
        try tableOptions()
        if cursor.at("PARTITION") { try partitioning(of: name) }
        if cursor.at(anyOf: Self.queryWords.union(["AS", "IGNORE", "REPLACE"]))
            || cursor.at(symbol: "(")
        {
            throw refusal("the table is filled by a query", remedy: "write its columns out")
        }
    }

    static let queryWords: Set = ["SELECT", "WITH", "VALUES", "TABLE"]

    private mutating func like() throws(SchemaError) {
        try expect("LIKE")
        try plainTableName()
    }

    /// Takes the name of another table, which must be in the same database.
    mutating func plainTableName() throws(SchemaError) {
        let place = cursor
        _ = try expectName("the name of a table")
        guard !cursor.at(symbol: ".") else {
            throw FormReader(place, allowing: permissions).refusal(
                "a table of another database is named",
                remedy: "write the name alone: each shard has a database of its own")
        }
    }

    mutating func definition(of table: String) throws(SchemaError) {
        let start = cursor
        parts.append(cursor.word() ?? "")
        if cursor.take("CONSTRAINT"), !cursor.at(anyOf: Self.constraints) {
            _ = try expectName("the name of a constraint")
        }
        let isConstraint = cursor.index > start.index
        switch cursor.word() {
        case "PRIMARY" where cursor.at("KEY", ahead: 1):
            cursor.advance()
            cursor.advance()
            try key(of: table)
        case "UNIQUE":
            cursor.advance()
            if !cursor.take("KEY") { _ = cursor.take("INDEX") }
            try key(of: table)
        case "FOREIGN" where cursor.at("KEY", ahead: 1):
            cursor.advance()
            cursor.advance()
            try foreignKey(of: table)
        case "CHECK":
            try check(of: table)
        case _ where isConstraint:
            throw cursor.unexpected("a key, foreign key or check")
        case "KEY", "INDEX":
            cursor.advance()
            try key(of: table)
        case "FULLTEXT", "SPATIAL":
            cursor.advance()
            if !cursor.take("KEY") { _ = cursor.take("INDEX") }
            try key(of: table)
        case "VECTOR" where !isColumnNamedVector:
            cursor.advance()
            if !cursor.take("KEY") { _ = cursor.take("INDEX") }
            try key(of: table)
        case "PERIOD" where cursor.at("FOR", ahead: 1):
            cursor.advance()
            cursor.advance()
            _ = try expectName("the name of a period")
            try names()
        default:
            try column(of: table)
        }
    }

    private static let constraints: Set = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]

    /// Whether `vector`, which is not reserved, is a column's name: a type follows it then.
    private var isColumnNamedVector: Bool {
        guard cursor.at("VECTOR") else { return false }
        guard let next = cursor.word(ahead: 1) else { return !cursor.at(symbol: "(", ahead: 1) }
        return ColumnTypes.known.contains(next.lowercased())
    }

    // MARK: Keys

    private mutating func key(of table: String) throws(SchemaError) {
        takeKeyName()
        _ = takeKeyType()
        try keyParts(of: table)
        while try keyOption() {}
    }

    private mutating func takeKeyName() {
        if cursor.at("IF"), cursor.at("NOT", ahead: 1), cursor.at("EXISTS", ahead: 2) {
            for _ in 0..<3 { cursor.advance() }
        }
        let isType = cursor.at(anyOf: ["USING", "TYPE"]) && !cursor.at(symbol: "(", ahead: 1)
        if !cursor.at(symbol: "("), !isType { _ = takeName() }
    }

    /// Takes `USING BTREE`.
    private mutating func takeKeyType() -> Bool {
        guard cursor.at(anyOf: ["USING", "TYPE"]),
            cursor.at(anyOf: ["BTREE", "HASH", "RTREE"], ahead: 1)
        else { return false }
        cursor.advance()
        cursor.advance()
        return true
    }

    private mutating func keyParts(of table: String) throws(SchemaError) {
        guard cursor.at(symbol: "(") else { throw cursor.unexpected("`(` with the columns") }
        repeat {
            cursor.advance()
            if cursor.at(symbol: "(") {
                try expression(in: .table(table))
            } else {
                _ = try expectName("a column")
                if cursor.take(symbol: "(") {
                    guard takeNumber() else { throw cursor.unexpected("a length") }
                    try expect(symbol: ")")
                }
            }
            if !cursor.take("ASC") { _ = cursor.take("DESC") }
            if cursor.take("WITHOUT") { try expect("OVERLAPS") }
        } while cursor.at(symbol: ",")
        try expect(symbol: ")")
    }

    private mutating func keyOption() throws(SchemaError) -> Bool {
        if takeKeyType() { return true }
        if try takeEngineOption() { return true }
        switch optionName {
        case "VISIBLE", "INVISIBLE", "IGNORED":
            cursor.advance()
        case "NOT" where cursor.at("IGNORED", ahead: 1):
            cursor.advance()
            cursor.advance()
        case "WITH" where cursor.at("PARSER", ahead: 1):
            cursor.advance()
            cursor.advance()
            _ = try expectName("a parser")
        case "COMMENT":
            cursor.advance()
            _ = cursor.take(symbol: "=")
            try expectString()
        case "KEY_BLOCK_SIZE", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE", "CLUSTERING",
            "M", "DISTANCE":
            cursor.advance()
            try optionValue()
        default:
            return false
        }
        return true
    }

    // MARK: Constraints

    private mutating func foreignKey(of table: String) throws(SchemaError) {
        takeKeyName()
        try names()
        try references()
    }

    /// Reads `REFERENCES parent (columns)` with its actions.
    mutating func references() throws(SchemaError) {
        try expect("REFERENCES")
        try plainTableName()
        if cursor.at(symbol: "(") { try names() }
        if cursor.take("MATCH") { try expect(anyOf: ["FULL", "PARTIAL", "SIMPLE"]) }
        while cursor.at("ON"), cursor.at(anyOf: ["DELETE", "UPDATE"], ahead: 1),
            cursor.at(anyOf: ["RESTRICT", "CASCADE", "SET", "NO"], ahead: 2)
        {
            for _ in 0..<2 { cursor.advance() }
            if cursor.take("SET") {
                try expect(anyOf: ["NULL", "DEFAULT"])
            } else if cursor.take("NO") {
                try expect("ACTION")
            } else {
                cursor.advance()
            }
        }
    }

    /// Reads `CHECK (…)` from the word CHECK on.
    mutating func check(of table: String) throws(SchemaError) {
        try expect("CHECK")
        try expression(in: .table(table))
        if cursor.at("NOT"), cursor.at("ENFORCED", ahead: 1) { cursor.advance() }
        _ = cursor.take("ENFORCED")
    }

    /// Takes names in parentheses; the columns of a key may have lengths.
    mutating func names() throws(SchemaError) {
        guard cursor.at(symbol: "(") else { throw cursor.unexpected("`(` with names") }
        repeat {
            cursor.advance()
            if cursor.at(symbol: ")") { break }
            _ = try expectName("a name")
            if cursor.take(symbol: "(") {
                guard takeNumber() else { throw cursor.unexpected("a length") }
                try expect(symbol: ")")
            }
            if !cursor.take("ASC") { _ = cursor.take("DESC") }
        } while cursor.at(symbol: ",")
        try expect(symbol: ")")
    }
}
