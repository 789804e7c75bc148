/// `ALTER TABLE` with the clauses that a diff makes.
extension FormReader {
    /// Reads the statement; returns the name that the table gets, nil where it keeps its own, and
    /// whether it changes options of the table alone.
    mutating func alteration(of table: String) throws(SchemaError) -> Alter {
        var alter = Alter()
        repeat {
            if try trailing(of: table) { break }
            try clause(of: table, into: &alter)
            if try trailing(of: table) { break }
        } while cursor.take(symbol: ",")
        return alter
    }

    struct Alter {
        var newName: String?
        var changesOptionsOnly = true
    }

    /// Takes `PARTITION BY …` or `REMOVE PARTITIONING`, which follow the other clauses without a
    /// comma.
    private mutating func trailing(of table: String) throws(SchemaError) -> Bool {
        if cursor.at("PARTITION"), cursor.at("BY", ahead: 1) {
            try partitioning(of: table)
            return true
        }
        guard cursor.at("REMOVE"), cursor.at("PARTITIONING", ahead: 1) else { return false }
        advance(2)
        return true
    }

    private mutating func clause(
        of table: String, into alter: inout Alter
    ) throws(SchemaError) {
        parts += [cursor.word(), cursor.word(ahead: 1)].map { $0 ?? "" }
        if try tableClause() { return }
        alter.changesOptionsOnly = false
        switch cursor.word() {
        case "RENAME": alter.newName = try renaming() ?? alter.newName
        case "ADD": try addition(to: table)
        case "MODIFY":
            advance(1)
            try expect("COLUMN")
            try placedColumn(of: table)
        case "CHANGE":
            advance(1)
            try expect("COLUMN")
            _ = try expectName("a column")
            try placedColumn(of: table)
        case "DROP": try removal()
        case "ALTER": try setting()
        case "COALESCE":
            advance(1)
            try expect("PARTITION")
            try number()
        case "REORGANIZE":
            advance(1)
            try expect("PARTITION")
            try nameList()
            try expect("INTO")
            try partitions(of: table)
        case "FORCE": advance(1)
        default: throw unknown()
        }
    }

    /// Takes options of the table, and how the statement is carried out.
    private mutating func tableClause() throws(SchemaError) -> Bool {
        if cursor.at("ALGORITHM") || cursor.at("LOCK"), cursor.at(symbol: "=", ahead: 1) {
            let isLock = cursor.at("LOCK")
            advance(2)
            try expect(
                anyOf: isLock
                    ? ["NONE", "SHARED", "EXCLUSIVE", "DEFAULT"]
                    : ["INSTANT", "NOCOPY", "INPLACE", "COPY", "DEFAULT"])
            return true
        }
        var count = 0
        while try option() { count += 1 }
        return count > 0
    }

    private mutating func option() throws(SchemaError) -> Bool {
        if try resetOption() { return true }
        return try tableOption()
    }

    /// Takes an option that is taken back, which files cannot even write: `UNION=()`.
    private mutating func resetOption() throws(SchemaError) -> Bool {
        if cursor.at("UNION"), cursor.at(symbol: "=", ahead: 1) {
            advance(2)
            try expect(symbol: "(")
            try expect(symbol: ")")
            return true
        }
        if cursor.at("CONNECTION"), cursor.at(symbol: "=", ahead: 1), cursor.isString(ahead: 2),
            cursor.text(ahead: 2) == "''"
        {
            advance(3)
            return true
        }
        return try takeEngineOption()
    }

    /// Takes an option of a storage engine by its name: `` `encrypted`='no' ``.
    mutating func takeEngineOption() throws(SchemaError) -> Bool {
        guard isMade, cursor.token?.kind == .quotedName, cursor.at(symbol: "=", ahead: 1) else {
            return false
        }
        advance(1)
        try optionValue()
        return true
    }

    private mutating func renaming() throws(SchemaError) -> String? {
        advance(1)
        if cursor.take("INDEX") {
            _ = try expectName("an index")
            try expect("TO")
            _ = try expectName("an index")
            return nil
        }
        try expect("TO")
        let place = cursor
        let name = try expectName("the name of a table")
        guard !cursor.at(symbol: ".") else {
            throw FormReader(place, allowing: permissions).refusal(
                "the table moves to another database")
        }
        return name
    }

    private mutating func addition(to table: String) throws(SchemaError) {
        advance(1)
        switch cursor.word() {
        case "COLUMN":
            advance(1)
            try placedColumn(of: table)
        case "SYSTEM":
            advance(1)
            try expect("VERSIONING")
        case "PARTITION":
            advance(1)
            if cursor.take("PARTITIONS") { try number() } else { try partitions(of: table) }
        case "CONSTRAINT", "PRIMARY", "UNIQUE", "KEY", "FULLTEXT", "SPATIAL", "VECTOR", "PERIOD":
            try definition(of: table)
        default: throw unknown()
        }
    }

    private mutating func removal() throws(SchemaError) {
        advance(1)
        switch cursor.word() {
        case "PRIMARY":
            advance(1)
            try expect("KEY")
        case "FOREIGN":
            advance(1)
            try expect("KEY")
            _ = try expectName("a foreign key")
        case "COLUMN":
            advance(1)
            dropped.insert(try expectName("a column").lowercased())
        case "INDEX", "CONSTRAINT", "CHECK":
            advance(1)
            _ = try expectName("what is dropped")
        case "PERIOD":
            advance(1)
            try expect("FOR")
            _ = try expectName("a period")
        case "SYSTEM":
            advance(1)
            try expect("VERSIONING")
        case "PARTITION":
            advance(1)
            try nameList()
        default: throw unknown()
        }
    }

    /// Reads `ALTER INDEX` and `ALTER CHECK`.
    private mutating func setting() throws(SchemaError) {
        advance(1)
        let isIndex = cursor.at("INDEX")
        try expect(anyOf: ["INDEX", "CHECK"])
        _ = try expectName("an index or check")
        let isNot = cursor.take("NOT")
        let words: Set =
            if isIndex { isNot ? ["IGNORED"] : ["IGNORED", "VISIBLE", "INVISIBLE"] } else {
                ["ENFORCED"]
            }
        try expect(anyOf: words)
    }

    private mutating func placedColumn(of table: String) throws(SchemaError) {
        try columnDefinition(of: table)
        if cursor.take("FIRST") { return }
        if cursor.take("AFTER") { _ = try expectName("a column") }
    }

    private mutating func partitions(of table: String) throws(SchemaError) {
        guard cursor.at(symbol: "(") else { throw cursor.unexpected("`(` with partitions") }
        repeat {
            advance(1)
            try partition(of: table)
        } while cursor.at(symbol: ",")
        try expect(symbol: ")")
    }

    /// Takes names that commas separate, without parentheses.
    private mutating func nameList() throws(SchemaError) {
        repeat { _ = try expectName("a partition") } while cursor.take(symbol: ",")
    }

    private mutating func advance(_ count: Int) {
        for _ in 0..<count { cursor.advance() }
    }
}

extension TokenCursor {
    /// The token `ahead` tokens further as written; nil behind the last one.
    func text(ahead: Int) -> String? {
        index + ahead < tokens.count ? source.text(tokens[index + ahead].range) : nil
    }
}
