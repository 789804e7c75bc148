/// What the text of an object tells without a server: its definer and the tables it names.
///
/// Only what the tokens alone make certain; a name that may be something else is left out. Offsets
/// are bytes from the start of the `CREATE` statement.
package struct ObjectOutline: Sendable {
    /// A name in the text, with its offset in bytes.
    package struct Name: Hashable, Sendable {
        package let text: String
        package let offset: Int
    }

    /// `DEFINER = …`, other than `CURRENT_USER`: the account as written.
    package private(set) var definer: Name?
    /// The tables and views of its own database that a view selects from; the table of a trigger.
    package private(set) var references: [Name] = []
    /// Offsets of each `*` with which a view selects all columns of a table or view.
    package private(set) var stars: [Int] = []
    /// Whether it is a function that says none of `DETERMINISTIC`, `NO SQL` and `READS SQL DATA`.
    package private(set) var isUndeclaredFunction = false

    /// Nil where the text is no view, trigger, routine, event or sequence.
    package init?(_ definition: ObjectDefinition) {
        var text = definition.create
        let outline: ObjectOutline? = text.withUTF8 { ObjectOutline($0, definition.name.kind) }
        guard let outline else { return nil }
        self = outline
    }

    private init?(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: ObjectName.Kind) {
        guard let header = ObjectHeader(bytes), let tokens = ObjectHeader.tokens(of: bytes) else {
            return nil
        }
        let source = SourceText(bytes: bytes, file: "")
        if let range = header.definer, let value = header.definerValue {
            definer = Name(text: source.text(value), offset: range.lowerBound)
        }
        let rest = TokenCursor(tokens.filter { $0.start >= header.nameEnd }, in: source)
        switch kind {
        case .view: readView(rest)
        case .trigger:
            if let table = header.table, table.database == nil {
                references = [Name(text: table.name, offset: table.range.lowerBound)]
            }
        case .function: isUndeclaredFunction = Self.isUndeclared(rest)
        case .table, .procedure, .event, .sequence: break
        }
    }

    /// Whether the clauses between a function's return type and its body lack all three.
    private static func isUndeclared(_ rest: TokenCursor) -> Bool {
        var cursor = rest
        // Skips the parameters, whose types may look like clauses.
        if cursor.at(symbol: "(") { cursor.skipGroup() }
        guard cursor.take("RETURNS") else { return false }
        while cursor.token != nil, !cursor.at("BEGIN"), !cursor.at("RETURN") {
            let isDeclared =
                cursor.at("DETERMINISTIC")
                || cursor.at("NO") && cursor.at("SQL", ahead: 1)
                || cursor.at("READS") && cursor.at("SQL", ahead: 1)
            if isDeclared { return false }
            if cursor.at("NOT"), cursor.at("DETERMINISTIC", ahead: 1) { cursor.advance() }
            cursor.advance()
        }
        // Another kind of body, such as a library's name, cannot be told from clauses.
        return cursor.token != nil
    }

    // MARK: Views

    /// What stands between two parentheses.
    private enum Level {
        /// A query whose columns are the view's.
        case columns
        /// Any other query.
        case query
        case other
    }

    private mutating func readView(_ rest: TokenCursor) {
        var cursor = rest
        if cursor.at(symbol: "(") { cursor.skipGroup() }
        guard cursor.take("AS") else { return }
        // Names that WITH defines are not tables of the database, nor are their columns.
        let hasCommonTables = cursor.tokens.indices.contains { cursor.isWord("WITH", at: $0) }
        let hasDerivedTables = cursor.tokens.indices.contains { cursor.isDerivedTable(at: $0) }
        var levels: [Level] = [.columns]
        while cursor.token != nil {
            let level = levels.last ?? .other
            if cursor.at(symbol: "(") {
                levels.append(Self.level(behind: cursor, in: level))
            } else if cursor.at(symbol: ")") {
                if levels.count > 1 { levels.removeLast() }
            } else if cursor.at(symbol: "*"), level == .columns, !hasCommonTables,
                Self.isWildcard(cursor, hasDerivedTables), let token = cursor.token
            {
                stars.append(token.start)
            } else if !hasCommonTables, Self.isBeforeTable(cursor, in: level) {
                readReference(cursor)
            }
            cursor.advance()
        }
    }

    private static func level(behind cursor: TokenCursor, in level: Level) -> Level {
        guard cursor.at(symbol: "(", ahead: 1) || cursor.at("SELECT", ahead: 1) else {
            return .other
        }
        let isQuery = cursor.at("SELECT", ahead: 1)
        // `AS (SELECT …)` and the members of a UNION select the view's own columns.
        let openers: [StaticString] = ["AS", "UNION", "ALL", "DISTINCT", "EXCEPT", "INTERSECT"]
        let isPart =
            level == .columns
            && (openers.contains { cursor.isWord($0, at: cursor.index - 1) }
                || cursor.isSymbol("(", at: cursor.index - 1))
        if isPart { return .columns }
        return isQuery ? .query : .other
    }

    /// Whether the `*` is `SELECT *` or `t.*` of a named table, and not a multiplication.
    private static func isWildcard(_ cursor: TokenCursor, _ hasDerivedTables: Bool) -> Bool {
        let before = cursor.index - 1
        if cursor.isSymbol(".", at: before) {
            return before > 0 && cursor.tokens[before - 1].kind != .number && !hasDerivedTables
        }
        let words: [StaticString] = ["SELECT", "DISTINCT", "ALL", "DISTINCTROW"]
        return words.contains { cursor.isWord($0, at: before) } && isFromTable(cursor)
    }

    /// Whether the first item in the FROM of a `*` is a table or view with a name.
    private static func isFromTable(_ star: TokenCursor) -> Bool {
        var cursor = star
        while cursor.token != nil, !cursor.at(symbol: ")"), !cursor.at("FROM") {
            if cursor.at(symbol: "(") { cursor.skipGroup() } else { cursor.advance() }
        }
        guard cursor.take("FROM"), !cursor.at("LATERAL"), cursor.takeQualifiedName() != nil else {
            return false
        }
        return !cursor.at(symbol: "(")
    }

    private static func isBeforeTable(_ cursor: TokenCursor, in level: Level) -> Bool {
        if cursor.at("JOIN") || cursor.at("STRAIGHT_JOIN") { return true }
        return cursor.at("FROM") && level != .other
            && !cursor.isWord("DISTINCT", at: cursor.index - 1)
    }

    private mutating func readReference(_ place: TokenCursor) {
        var cursor = place
        cursor.advance()
        guard let token = cursor.token, token.kind == .word || token.kind == .quotedName,
            !cursor.at("DUAL"), !cursor.at("LATERAL"), let name = cursor.takeQualifiedName(),
            name.database == nil, !cursor.at(symbol: "("), !cursor.at(symbol: ".")
        else { return }
        references.append(Name(text: name.text, offset: token.start))
    }
}

extension TokenCursor {
    /// Whether the token at `place` is `keyword`, given in capitals.
    fileprivate func isWord(_ keyword: StaticString, at place: Int) -> Bool {
        tokens.indices.contains(place) && at(keyword, ahead: place - index)
    }

    /// Whether a derived table, `(SELECT …)` in a FROM clause, begins at `place`.
    fileprivate func isDerivedTable(at place: Int) -> Bool {
        guard isSymbol("(", at: place), isWord("SELECT", at: place + 1) else { return false }
        return isWord("FROM", at: place - 1) || isWord("JOIN", at: place - 1)
            || isWord("LATERAL", at: place - 1) || isSymbol(",", at: place - 1)
    }

    fileprivate func isSymbol(_ symbol: Unicode.Scalar, at place: Int) -> Bool {
        tokens.indices.contains(place) && at(symbol: symbol, ahead: place - index)
    }
}
