/// What a statement does that is sent to a shard, read from its tokens.
///
/// For statements that were made before and come back from a ledger or a file: each token is
/// accounted for, in each way in which a supported server would read the text. What only the
/// server parses, the query of a view and the body of a program, is one statement, too.
package struct SentStatement: Hashable, Sendable {
    package enum Verb: String, Hashable, Sendable {
        case create, replace, alter, drop
    }

    package var verb: Verb
    /// As named before the statement, without a database.
    package var object: ObjectName
    /// The name that it gives to its table; nil where it gives none.
    package var newName: String?
    /// Whether an `ALTER TABLE` changes options of the table alone.
    package var changesOptionsOnly = false
    /// The columns that an `ALTER TABLE` drops, in lower case.
    package var droppedColumns: Set<String> = []
    /// Whether lines before it name settings of the session.
    package var hasSettings = false
    /// The first words of the clauses of a statement about a table, by which the ways to read it
    /// are compared: what one server alone reads may belong to a clause and be none.
    private var parts: [String] = []

    init(verb: Verb, object: ObjectName) {
        self.verb = verb
        self.object = object
    }

    /// The longest statement that is read, in bytes.
    package static let sizeLimit = 16 << 20

    /// Reads a statement with the lines for its settings.
    ///
    /// Throws at the first token that no statement of the product has there; lines and columns
    /// count from behind the settings.
    ///
    /// - Parameter allowing: what only the operator's file allows.
    package static func read(
        _ text: String, allowing: StatementText.Permissions = .init(directories: true)
    ) throws(SchemaError) -> SentStatement {
        guard text.utf8.count <= sizeLimit else {
            throw refusal("the statement has more than \(sizeLimit) bytes")
        }
        let (settings, rest) = CreationSettings.split(text)
        try check(settings)
        let body = String(rest)
        let versions = try VersionsNamed(in: body).versions
        var first: SentStatement?
        for dialect in StatementText.dialects(with: versions, sqlMode: settings.sqlMode ?? "") {
            var statement = try read(body, dialect, settings, allowing)
            statement.hasSettings = settings != CreationSettings()
            guard first == nil || first == statement else {
                throw refusal("servers read different statements here, by their versions")
            }
            first = statement
        }
        guard let first else { throw refusal("there is no statement") }
        return first
    }

    /// Settings are sent as literals; these two also decide how the statement is read.
    private static func check(_ settings: CreationSettings) throws(SchemaError) {
        let mode = settings.sqlMode ?? ""
        let isKnown = mode.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: ","):
                true
            default: false
            }
        }
        guard isKnown, !Dialect.isUnreadable(sqlMode: mode) else {
            throw refusal("its SQL mode is none under which statements can be read")
        }
        guard (settings.timeZone ?? "").utf8.count <= 64 else {
            throw refusal("its time zone is none")
        }
    }

    private static func read(
        _ text: String, _ dialect: Dialect, _ settings: CreationSettings,
        _ allowing: StatementText.Permissions
    ) throws(SchemaError) -> SentStatement {
        let modes = (settings.sqlMode ?? "").split(separator: ",")
        var copy = text
        let result = copy.withUTF8 { bytes in
            Result { () throws(SchemaError) in
                let lexed = try LexedStatement(bytes, dialect: dialect)
                for comment in lexed.comments where !TokenPrinter.isHarmless(comment, in: bytes) {
                    throw SchemaError(
                        .refused, "servers may take this comment for something else", in: bytes,
                        at: comment)
                }
                let cursor = TokenCursor(lexed.tokens, in: SourceText(bytes: bytes, file: ""))
                return try read(cursor, isOracle: modes.contains("ORACLE"), allowing)
            }
        }
        return try result.get()
    }

    private static func read(
        _ cursor: TokenCursor, isOracle: Bool, _ allowing: StatementText.Permissions
    ) throws(SchemaError) -> SentStatement {
        var reader = FormReader(cursor, allowing: allowing)
        reader.isMade = true
        var statement: SentStatement
        switch cursor.word() {
        case "CREATE": statement = try reader.sentCreation(isOracle: isOracle)
        case "ALTER": statement = try reader.sentAlteration()
        case "DROP": statement = try reader.sentDrop()
        case "BEGIN": statement = try reader.sentMove()
        default: throw reader.unknown()
        }
        guard reader.cursor.token == nil else { throw reader.unknown() }
        statement.parts = reader.parts
        statement.droppedColumns = reader.dropped
        return statement
    }

    fileprivate static func refusal(_ message: String) -> SchemaError {
        [UInt8]().withUnsafeBufferPointer { bytes in
            SchemaError(.refused, message, in: bytes, at: 0..<0)
        }
    }
}

extension FormReader {
    /// - Parameter isOracle: whether bodies declare variables before they begin.
    fileprivate mutating func sentCreation(
        isOracle: Bool
    ) throws(SchemaError) -> SentStatement {
        let start = cursor
        let replaces = cursor.at("OR", ahead: 1) && cursor.at("REPLACE", ahead: 2)
        let name = try statement()
        guard omittedTokens.count == (replaces ? 2 : 0) else {
            throw FormReader(start, allowing: permissions).refusal(
                "whether it does something depends on what is there")
        }
        if !isOracle { try FormReader(start, allowing: permissions).requireOneStatement() }
        return SentStatement(verb: replaces ? .replace : .create, object: name)
    }

    /// Refuses a `;` outside of the blocks of a body, unless it is the last token.
    private func requireOneStatement() throws(SchemaError) {
        var nesting = RoutineNesting(cursor.source.bytes)
        var ahead = self
        while let token = ahead.cursor.token {
            let isEnd = ahead.cursor.at(symbol: ";") && nesting.depth == 0
            nesting.see(token)
            ahead.cursor.advance()
            guard !isEnd || ahead.cursor.token == nil else {
                throw ahead.refusal("another statement begins behind a `;`")
            }
        }
    }

    fileprivate mutating func sentAlteration() throws(SchemaError) -> SentStatement {
        cursor.advance()
        let isTable = cursor.at("TABLE")
        try expect(anyOf: ["TABLE", "SEQUENCE"])
        let name = try loneName()
        guard isTable else {
            try alteredSequence()
            return SentStatement(verb: .alter, object: ObjectName(.sequence, name))
        }
        let alter = try alteration(of: name)
        var statement = SentStatement(verb: .alter, object: ObjectName(.table, name))
        statement.newName = alter.newName
        statement.changesOptionsOnly = alter.changesOptionsOnly
        return statement
    }

    private mutating func alteredSequence() throws(SchemaError) {
        if cursor.take("AS") { try expect(anyOf: Self.sequenceTypes) }
        _ = take(anyOf: ["SIGNED", "UNSIGNED"])
        while cursor.token != nil, !cursor.at(symbol: ";") {
            guard try sequenceOption() else { throw unknown() }
        }
    }

    private static let sequenceTypes: Set = [
        "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT",
    ]

    /// Reads the block that moves a sequence into its new range:
    /// ``BEGIN NOT ATOMIC DO SETVAL(`s`, 10, 0); ALTER SEQUENCE `s` …; END``.
    fileprivate mutating func sentMove() throws(SchemaError) -> SentStatement {
        for word in ["BEGIN", "NOT", "ATOMIC", "DO", "SETVAL"] as [StaticString] {
            try expect(word)
        }
        try expect(symbol: "(")
        let place = cursor
        let name = try loneName()
        try expect(symbol: ",")
        try number()
        try expect(symbol: ",")
        try number()
        try expect(symbol: ")")
        try expect(symbol: ";")
        try expect("ALTER")
        try expect("SEQUENCE")
        guard try loneName() == name else {
            throw FormReader(place, allowing: permissions).refusal(
                "it changes two sequences at once")
        }
        try alteredSequence()
        try expect(symbol: ";")
        try expect("END")
        return SentStatement(verb: .alter, object: ObjectName(.sequence, name))
    }

    fileprivate mutating func sentDrop() throws(SchemaError) -> SentStatement {
        cursor.advance()
        guard let kind = cursor.word().flatMap({ ObjectName.Kind(rawValue: $0.lowercased()) })
        else { throw unknown() }
        cursor.advance()
        return SentStatement(verb: .drop, object: ObjectName(kind, try loneName()))
    }

    /// Takes a name without a database.
    private mutating func loneName() throws(SchemaError) -> String {
        let place = cursor
        let name = try expectName("a name")
        guard !cursor.at(symbol: ".") else {
            throw FormReader(place, allowing: permissions).refusal(
                "another database is named")
        }
        return name
    }
}
