/// Finds out what a statement does, the objects that it names, and their places.
struct StatementReader {
    private let source: SourceText
    private var cursor: TokenCursor
    private var statement: SourceStatement

    static func statement(
        of piece: StatementPiece, in source: SourceText
    ) throws(SchemaError) -> SourceStatement {
        var reader = StatementReader(piece, source)
        try reader.read()
        try RenameHintComments.collect(from: piece, of: source, into: &reader.statement)
        return reader.statement
    }

    private init(_ piece: StatementPiece, _ source: SourceText) {
        self.source = source
        cursor = TokenCursor(piece, in: source)
        statement = SourceStatement(
            kind: .other(firstWords: ""), text: source.text(piece.range),
            location: source.location(of: piece.range.lowerBound),
            leadingComments: piece.leadingComments.map(source.text))
    }

    private mutating func read() throws(SchemaError) {
        try requireStatement()
        let firstWords = [cursor.word(), cursor.word(ahead: 1)].compactMap { $0 }
        statement.kind = .other(firstWords: firstWords.joined(separator: " "))
        if cursor.at("CREATE") {
            cursor.advance()
            try create()
        } else if cursor.at("ALTER") {
            cursor.advance()
            while cursor.at("ONLINE") || cursor.at("OFFLINE") || cursor.at("IGNORE") {
                cursor.advance()
            }
            guard cursor.take("TABLE") else { return }
            skipIfExists()
            statement.kind = .alterTable(name: try objectName())
        }
    }

    private func requireStatement() throws(SchemaError) {
        guard let token = cursor.token else { return }
        if cursor.at(symbol: "(") { return }
        let word = cursor.word() ?? ""
        if Self.verbs.contains(word) || cursor.at(symbol: ":", ahead: 1) { return }
        let near =
            token.kind == .word
            ? NearestName.suggestion(for: word, among: Self.verbs.sorted()) : nil
        throw source.error(
            .unknownStatement,
            "no statement begins with `\(source.text(token.start..<min(token.end, token.start + 64)))`",
            remedy: near.map { "did you mean `\($0)`?" }, at: token.range)
    }

    private mutating func create() throws(SchemaError) {
        // Skips the words between CREATE and the kind of object.
        while let token = cursor.token {
            if cursor.at("OR"), cursor.at("REPLACE", ahead: 1) { statement.isOrReplace = true }
            if cursor.at("TEMPORARY") { statement.isTemporary = true }
            if cursor.at("DEFINER"), cursor.at(symbol: "=", ahead: 1) {
                cursor.skipDefiner()
                continue
            }
            guard token.kind == .word || token.kind == .symbol else { break }
            if cursor.at(anyOf: Self.objects) { break }
            cursor.advance()
        }
        guard let object = cursor.word(), Self.objects.contains(object) else { return }
        cursor.advance()
        skipIfNotExists()
        switch object {
        case "TABLE":
            statement.kind = .createTable(name: try objectName())
            statement.table = try TableBodyReader.table(&cursor)
        case "VIEW": statement.kind = .createView(name: try objectName())
        case "TRIGGER": statement.kind = .createTrigger(name: try objectName())
        case "PROCEDURE": statement.kind = .createProcedure(name: try objectName())
        case "FUNCTION": statement.kind = .createFunction(name: try objectName())
        case "EVENT": statement.kind = .createEvent(name: try objectName())
        case "SEQUENCE": statement.kind = .createSequence(name: try objectName())
        case "INDEX":
            while cursor.token != nil, !cursor.at("ON") { cursor.advance() }
            cursor.advance()
            statement.kind = .createIndex(table: try objectName())
        default:
            statement.kind = .other(firstWords: "CREATE \(object)")
        }
    }

    private mutating func objectName() throws(SchemaError) -> String {
        guard let name = cursor.takeQualifiedName() else { throw cursor.unexpected("a name") }
        statement.database = name.database
        statement.nameLocation = source.location(of: name.token.start)
        return name.text
    }

    private mutating func skipIfNotExists() {
        guard cursor.at("IF"), cursor.at("NOT", ahead: 1), cursor.at("EXISTS", ahead: 2) else {
            return
        }
        for _ in 0..<3 { cursor.advance() }
        statement.isIfNotExists = true
    }

    private mutating func skipIfExists() {
        guard cursor.at("IF"), cursor.at("EXISTS", ahead: 1) else { return }
        for _ in 0..<2 { cursor.advance() }
    }

    private static let objects: Set = [
        "TABLE", "VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "SEQUENCE", "INDEX",
        "DATABASE", "SCHEMA", "USER", "ROLE", "SERVER", "PACKAGE", "TABLESPACE", "LOGFILE",
        "UNDO", "RESOURCE", "SPATIAL_REFERENCE", "LIBRARY", "CATALOG",
    ]

    private static let verbs: Set = [
        "ALTER", "ANALYZE", "BACKUP", "BEGIN", "BINLOG", "CACHE", "CALL", "CHANGE", "CHECK",
        "CHECKSUM", "CLONE", "COMMIT", "CREATE", "DEALLOCATE", "DELETE", "DESC", "DESCRIBE", "DO",
        "DROP", "EXECUTE", "EXPLAIN", "FLUSH", "GET", "GRANT", "HANDLER", "HELP", "IMPORT",
        "INSERT", "INSTALL", "KILL", "LOAD", "LOCK", "OPTIMIZE", "PREPARE", "PURGE", "RELEASE",
        "RENAME", "REPAIR", "REPLACE", "RESET", "RESIGNAL", "RESTART", "REVOKE", "ROLLBACK",
        "SAVEPOINT", "SELECT", "SET", "SHOW", "SHUTDOWN", "SIGNAL", "START", "STOP", "TABLE",
        "TRUNCATE", "UNINSTALL", "UNLOCK", "UPDATE", "USE", "VALUES", "WITH", "XA", "IF", "CASE",
        "LOOP", "WHILE", "REPEAT", "FOR",
    ]
}
