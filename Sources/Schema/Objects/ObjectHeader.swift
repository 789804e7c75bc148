/// The parts of a `CREATE VIEW`, `CREATE TRIGGER` and the like before the body, as byte ranges.
///
/// The body is cut into tokens but not parsed, so that Plumb need not know what each server
/// version accepts in it.
struct ObjectHeader {
    let name: ObjectName
    /// The database before the name, where one is written.
    let database: String?
    /// The byte offset of the first token, `CREATE`.
    let start: Int
    /// The byte offset behind the last token.
    let end: Int
    /// `OR REPLACE`, with the blanks behind it.
    private(set) var orReplace: Range<Int>?
    /// `DEFINER = …`, with the blanks behind it; nil also for `CURRENT_USER`, the default.
    private(set) var definer: Range<Int>?
    /// The account behind `DEFINER =`.
    private(set) var definerValue: Range<Int>?
    /// `IF NOT EXISTS`, with the blanks behind it.
    private(set) var ifNotExists: Range<Int>?
    /// The name with its database.
    let nameRange: Range<Int>
    /// The byte offset behind the name.
    var nameEnd: Int { nameRange.upperBound }
    /// `STARTS …` of an event, with the blanks behind it.
    private(set) var starts: Range<Int>?
    /// `ENABLE`, `DISABLE` or `DISABLE ON SLAVE` of an event.
    private(set) var status: Range<Int>?
    /// The name of a trigger's table, with its place.
    private(set) var table: (database: String?, name: String, range: Range<Int>)?
    /// When a trigger runs, in capitals: `BEFORE INSERT`.
    private(set) var time: String?
    /// `FOLLOWS` or `PRECEDES` of a trigger, with the blanks behind it.
    private(set) var orderClause: (clause: TriggerOrderClause, range: Range<Int>)?
    /// Where the body of a trigger begins, or its `FOLLOWS` or `PRECEDES`.
    private(set) var bodyStart: Int?
    /// Where an event's status would stand: before its `COMMENT` or `DO`.
    private(set) var statusPlace: Int?

    /// Reads the header; nil where the text creates no view, trigger, routine, event or sequence.
    ///
    /// - Parameter settings: the SQL mode to read under, where the text's first lines name none.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, _ settings: CreationSettings? = nil) {
        guard let (tokens, end) = Self.lexed(bytes, settings), let first = tokens.first else {
            return nil
        }
        self.end = end
        let source = SourceText(bytes: bytes, file: "")
        var cursor = TokenCursor(tokens, in: source)
        guard cursor.take("CREATE") else { return nil }
        var orReplace: Range<Int>?
        var definer: Range<Int>?
        while let token = cursor.token, cursor.word().flatMap({ Self.kinds[$0] }) == nil {
            if cursor.at("TABLE") { return nil }
            if cursor.at("OR"), cursor.at("REPLACE", ahead: 1) {
                cursor.advance()
                cursor.advance()
                orReplace = token.start..<(cursor.token?.start ?? token.end)
            } else if cursor.at("DEFINER"), cursor.at(symbol: "=", ahead: 1) {
                let saysNothing = cursor.at("CURRENT_USER", ahead: 2)
                let valueStart = cursor.start(ahead: 2) ?? token.end
                cursor.skipDefiner()
                let range = token.start..<(cursor.token?.start ?? token.end)
                definer = saysNothing ? nil : range
                definerValue = saysNothing ? nil : valueStart..<max(valueStart, cursor.previousEnd)
            } else {
                cursor.advance()
            }
        }
        guard let kind = cursor.word().flatMap({ Self.kinds[$0] }) else { return nil }
        cursor.advance()
        let beforeName = cursor.token?.start ?? bytes.count
        if cursor.at("IF"), cursor.at("NOT", ahead: 1), cursor.at("EXISTS", ahead: 2) {
            for _ in 0..<3 { cursor.advance() }
            ifNotExists = beforeName..<(cursor.token?.start ?? bytes.count)
        }
        let nameStart = cursor.token?.start ?? bytes.count
        guard let name = cursor.takeQualifiedName() else { return nil }
        self.name = ObjectName(kind, name.text)
        database = name.database
        start = first.start
        nameRange = nameStart..<name.token.end
        self.orReplace = orReplace
        self.definer = definer
        if kind == .event { readEvent(&cursor) }
        if kind == .trigger { readTrigger(&cursor) }
    }

    private mutating func readTrigger(_ cursor: inout TokenCursor) {
        var words: [String] = []
        while cursor.token != nil, !cursor.at("ON") {
            words.append(cursor.word() ?? "")
            cursor.advance()
        }
        time = words.joined(separator: " ")
        cursor.advance()
        guard let start = cursor.token?.start, let name = cursor.takeQualifiedName() else { return }
        table = (name.database, name.text, start..<name.token.end)
        while cursor.token != nil {
            if cursor.at("EACH"), cursor.at("ROW", ahead: 1) {
                for _ in 0..<2 { cursor.advance() }
                bodyStart = cursor.token?.start
                readOrder(&cursor)
                return
            }
            cursor.advance()
        }
    }

    private mutating func readOrder(_ cursor: inout TokenCursor) {
        guard cursor.at("FOLLOWS") || cursor.at("PRECEDES"), let start = cursor.token?.start else {
            return
        }
        let follows = cursor.at("FOLLOWS")
        cursor.advance()
        guard let name = cursor.takeName() else { return }
        let clause = TriggerOrderClause(
            follows: follows, trigger: name.text, offset: name.token.start)
        orderClause = (clause, start..<(cursor.token?.start ?? name.token.end))
    }

    private mutating func readEvent(_ cursor: inout TokenCursor) {
        while let token = cursor.token, !cursor.at("DO"), !cursor.at("COMMENT") {
            if cursor.at("STARTS") {
                cursor.advance()
                while let next = cursor.token, !Self.endsStarts(cursor, next) { cursor.advance() }
                starts = token.start..<(cursor.token?.start ?? token.end)
            } else if cursor.at("ENABLE") || cursor.at("DISABLE") {
                let isAbroad = cursor.at("DISABLE") && cursor.at("ON", ahead: 1)
                for _ in 0..<(isAbroad ? 3 : 1) { cursor.advance() }
                status = token.start..<cursor.previousEnd
            } else {
                cursor.advance()
            }
        }
        statusPlace = cursor.token?.start
    }

    private static func endsStarts(_ cursor: TokenCursor, _ token: Token) -> Bool {
        cursor.at("ENDS") || cursor.at("ENABLE") || cursor.at("DISABLE") || cursor.at("COMMENT")
            || cursor.at("DO") || cursor.at("ON") && cursor.at("COMPLETION", ahead: 1)
    }

    private static let kinds: [String: ObjectName.Kind] = [
        "VIEW": .view, "TRIGGER": .trigger, "PROCEDURE": .procedure, "FUNCTION": .function,
        "EVENT": .event, "SEQUENCE": .sequence,
    ]

    /// All tokens without the marks of version comments; nil where a string or comment never ends.
    static func tokens(
        of bytes: UnsafeBufferPointer<UInt8>, _ settings: CreationSettings? = nil
    ) -> [Token]? {
        lexed(bytes, settings)?.tokens
    }

    /// The tokens, and the end of the last one, which may be the mark of a version comment.
    ///
    /// Strings end where the object's SQL mode says: under another mode a string could swallow code
    /// that the server runs, or code appear that it takes for a string.
    private static func lexed(
        _ bytes: UnsafeBufferPointer<UInt8>, _ settings: CreationSettings?
    ) -> (tokens: [Token], end: Int)? {
        let mode = (settings ?? CreationSettings(of: bytes)).sqlMode ?? ""
        var lexer = Lexer(bytes, quoting: Dialect.Quoting(sqlMode: mode))
        var tokens: [Token] = []
        var end = 0
        do throws(SchemaError) {
            while true {
                let token = try lexer.next()
                switch token.kind {
                case .end: return (tokens, end)
                case .versionOpen, .versionClose: break
                case .word, .number, .string, .quotedName, .symbol, .delimiter:
                    tokens.append(token)
                }
                end = token.end
            }
        } catch {
            return nil
        }
    }
}
