/// Reads the rest of a `CREATE TABLE` behind its name.
struct TableBodyReader {
    private var cursor: TokenCursor
    private var table = SourceTable()
    private var names: Set<String> = []

    private init(_ cursor: TokenCursor) {
        self.cursor = cursor
    }

    static func table(_ cursor: inout TokenCursor) throws(SchemaError) -> SourceTable {
        var reader = TableBodyReader(cursor)
        try reader.read()
        cursor = reader.cursor
        return reader.table
    }

    private mutating func read() throws(SchemaError) {
        if try takeLike() { return }
        if cursor.at(symbol: "("), !cursor.at(anyOf: Self.queryWords, ahead: 1) {
            if cursor.at("LIKE", ahead: 1) {
                cursor.advance()
                _ = try takeLike()
                return
            }
            try body()
            SourceOptionsReader.read(cursor, into: &table)
        }
        while cursor.token != nil {
            // A query may stand in parentheses; no option begins with a query's first word.
            if cursor.at(anyOf: Self.queryWords), !isAtSystemVersioning {
                table.isFromSelect = true
            }
            if cursor.at(symbol: "("), !cursor.at(anyOf: Self.queryWords, ahead: 1) {
                cursor.skipGroup()
            } else {
                cursor.advance()
            }
        }
        guard !table.definitions.isEmpty || table.isFromSelect else {
            throw cursor.unexpected("`(` with the columns")
        }
    }

    /// Whether `WITH` begins MariaDB's `WITH SYSTEM VERSIONING`, not a common table expression.
    private var isAtSystemVersioning: Bool {
        cursor.at("WITH") && cursor.at("SYSTEM", ahead: 1) && cursor.at("VERSIONING", ahead: 2)
    }

    private static let queryWords: Set = ["SELECT", "WITH", "VALUES"]

    private mutating func takeLike() throws(SchemaError) -> Bool {
        guard cursor.take("LIKE") else { return false }
        guard let name = cursor.takeQualifiedName() else {
            throw cursor.unexpected("the name of a table")
        }
        table.like = SourceTable.Reference(
            database: name.database, table: name.text,
            location: cursor.source.location(of: name.token.start))
        return true
    }

    private mutating func body() throws(SchemaError) {
        repeat {
            cursor.advance()
            try definition()
        } while cursor.at(symbol: ",")
        cursor.advance()
    }

    private mutating func definition() throws(SchemaError) {
        guard let first = cursor.token, !cursor.at(symbol: ","), !cursor.at(symbol: ")") else {
            throw cursor.unexpected("a column, key or constraint")
        }
        let location = cursor.source.location(of: first.start)
        if let definition = try constraint(at: location) {
            table.definitions.append(definition)
            try skipAttributes()
        } else {
            try column(at: location)
        }
    }

    /// Skips to the comma or parenthesis that ends the definition; reads parent tables on the way.
    private mutating func skipAttributes() throws(SchemaError) {
        while cursor.token != nil, !cursor.at(symbol: ","), !cursor.at(symbol: ")") {
            if cursor.at(symbol: "(") {
                cursor.skipGroup()
            } else if cursor.at("REFERENCES") {
                try readReference()
            } else if cursor.at("ON") {
                readAction()
            } else if cursor.at("NOT"), cursor.at("ENFORCED", ahead: 1) {
                cursor.advance()
                noteAtLast { $0.check?.isEnforced = false }
            } else if cursor.take("PARSER") {
                let parser = cursor.takeName()?.text
                noteAtLast { $0.key?.parser = parser }
            } else {
                cursor.advance()
            }
        }
    }

    /// Reads `REFERENCES parent (columns)` into the last definition, where that is a foreign key.
    private mutating func readReference() throws(SchemaError) {
        let (reference, columns) = try SourceKeyReader.reference(&cursor)
        table.references.append(reference)
        guard let last = table.definitions.indices.last else { return }
        table.definitions[last].foreignKey?.parent = reference
        table.definitions[last].foreignKey?.parentColumns = columns
    }

    /// Reads `ON DELETE action` into the last definition.
    private mutating func readAction() {
        let isDelete = cursor.at("DELETE", ahead: 1)
        for _ in 0..<2 { cursor.advance() }
        let action = SourceKeyReader.action(&cursor)
        noteAtLast { definition in
            if isDelete {
                definition.foreignKey?.onDelete = action
            } else {
                definition.foreignKey?.onUpdate = action
            }
        }
    }

    private mutating func noteAtLast(_ note: (inout SourceTable.Definition) -> Void) {
        guard let last = table.definitions.indices.last else { return }
        note(&table.definitions[last])
    }

    private mutating func column(at location: SourceLocation) throws(SchemaError) {
        // Servers accept `table.column` and `database.table.column` here.
        guard var name = cursor.takeName() else { throw cursor.unexpected("a column") }
        while cursor.take(symbol: ".") {
            guard let last = cursor.takeName() else { throw cursor.unexpected("a column") }
            name = last
        }
        guard names.insert(name.text.lowercased()).inserted else {
            throw cursor.source.error(
                .duplicateName, "the column `\(name.text)` is defined twice",
                at: name.token.range)
        }
        let type = try columnType(of: name.text)
        let (column, reference) = try SourceColumnReader.column(
            SourceTable.Column(name: name.text, location: location, type: type), &cursor)
        table.columns.append(column)
        if let reference { table.references.append(reference) }
        table.definitions.append(
            SourceTable.Definition(kind: .column, name: name.text, location: location))
    }

    private mutating func columnType(of column: String) throws(SchemaError) -> String {
        guard let token = cursor.token, token.kind == .word else {
            throw cursor.unexpected("the type of column `\(column)`")
        }
        let type = cursor.source.text(token.range)
        cursor.advance()
        if cursor.take(symbol: ".") {
            // MariaDB: `mariadb_schema.date` names the type regardless of the SQL mode.
            cursor.advance()
            return type
        }
        guard ColumnTypes.known.contains(type.lowercased()) else {
            throw cursor.source.error(
                .unknownColumnType, "unknown column type `\(type)`",
                remedy: ColumnTypes.suggestion(for: type).map { "did you mean `\($0)`?" },
                at: token.range)
        }
        return type
    }
}

extension TableBodyReader {
    /// Reads a key, constraint or period up to its columns; nil where a column begins.
    private mutating func constraint(
        at location: SourceLocation
    ) throws(SchemaError) -> SourceTable.Definition? {
        var name: String?
        let isConstraint = cursor.take("CONSTRAINT")
        if isConstraint, !cursor.at(anyOf: Self.constraintWords) { name = cursor.takeName()?.text }
        let keyKind = SourceTable.Key.Kind(cursor.word())
        guard let kind = definitionKind() else {
            if isConstraint { throw cursor.unexpected("a key, foreign key or check") }
            return nil
        }
        switch kind {
        case .index, .foreignKey:
            // The index's name is the constraint's where that has none.
            if cursor.at("IF"), cursor.at("NOT", ahead: 1) {
                for _ in 0..<3 { cursor.advance() }
            }
            if !cursor.at(symbol: "("), !(cursor.at("USING") && !cursor.at(symbol: "(", ahead: 1)) {
                let indexName = cursor.takeName()?.text
                name = name ?? indexName
            }
        case .period:
            name = cursor.takeName()?.text
        case .primaryKey:
            // Servers accept a name for the primary key and ignore it.
            if !cursor.at(symbol: "("), !cursor.at("USING") { _ = cursor.takeName() }
        case .check, .column:
            break
        }
        var definition = SourceTable.Definition(kind: kind, name: name, location: location)
        switch kind {
        case .primaryKey, .index:
            definition.key = SourceTable.Key(
                kind: keyKind, name: name, parts: SourceKeyReader.parts(&cursor),
                location: location)
        case .foreignKey:
            definition.foreignKey = SourceTable.ForeignKey(
                name: name, columns: SourceKeyReader.parts(&cursor).map(\.text),
                location: location)
        case .check where cursor.at(symbol: "("):
            definition.check = SourceTable.Check(expression: cursor.takeExpression())
        case .period: definition.period = SourceKeyReader.parts(&cursor).map(\.text)
        case .column, .check: break
        }
        return definition
    }

    private static let constraintWords: Set = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]

    /// Takes the words that tell the kind of a definition.
    private mutating func definitionKind() -> SourceTable.Definition.Kind? {
        switch cursor.word() {
        case "PRIMARY" where cursor.at("KEY", ahead: 1):
            for _ in 0..<2 { cursor.advance() }
            return .primaryKey
        case "FOREIGN" where cursor.at("KEY", ahead: 1):
            for _ in 0..<2 { cursor.advance() }
            return .foreignKey
        case "CHECK":
            cursor.advance()
            return .check
        case "PERIOD" where cursor.at("FOR", ahead: 1):
            for _ in 0..<2 { cursor.advance() }
            return .period
        case "KEY", "INDEX":
            cursor.advance()
            return .index
        case "VECTOR" where !isColumnNamedVector:
            cursor.advance()
            if !cursor.take("KEY") { _ = cursor.take("INDEX") }
            return .index
        case "UNIQUE", "FULLTEXT", "SPATIAL":
            cursor.advance()
            if !cursor.take("KEY") { _ = cursor.take("INDEX") }
            return .index
        default:
            return nil
        }
    }

    /// Whether `vector`, which is not reserved, is a column's name: a type follows it then.
    private var isColumnNamedVector: Bool {
        guard let next = cursor.word(ahead: 1) else { return !cursor.at(symbol: "(", ahead: 1) }
        return ColumnTypes.known.contains(next.lowercased())
    }
}
