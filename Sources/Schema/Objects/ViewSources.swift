extension ObjectDefinition {
    /// The tables and views that a view selects from, by the text that its server prints; empty for
    /// other objects.
    ///
    /// A common table expression (`WITH name AS …`) is not among them where its name is in scope.
    package var sources: Set<String> {
        guard name.kind == .view else { return [] }
        var copy = create
        return copy.withUTF8 { bytes in
            guard let header = ObjectHeader(bytes), let tokens = ObjectHeader.tokens(of: bytes)
            else { return [] }
            var reader = ViewSources(
                TokenCursor(
                    tokens.filter { $0.start >= header.nameEnd },
                    in: SourceText(bytes: bytes, file: "")))
            return reader.read()
        }
    }
}

/// Reads the text of a view.
private struct ViewSources {
    private var cursor: TokenCursor
    private var depth = 0
    /// Whether a table's name comes next, possibly behind opening parentheses.
    private var isBeforeTable = false
    private var isRecursive = false
    /// Common table expressions in scope, with the depth of parentheses at which they end.
    private var given: [(name: String, depth: Int)] = []
    /// Common table expressions being defined, and how many parentheses close before they are in
    /// scope.
    private var open: [(name: String, depth: Int, ends: Int)] = []
    private var found: Set<String> = []

    init(_ cursor: TokenCursor) { self.cursor = cursor }

    mutating func read() -> Set<String> {
        while let token = cursor.token {
            if cursor.at(symbol: "(") {
                depth += 1
            } else if cursor.at(symbol: ")") {
                leave()
            } else if token.kind == .quotedName || isNameOfQuery {
                // MariaDB prints names of common table expressions without backticks.
                readName()
                continue
            } else {
                isBeforeTable =
                    cursor.at("FROM") || cursor.at("JOIN") || cursor.at("STRAIGHT_JOIN")
                if cursor.at("RECURSIVE") { isRecursive = true }
            }
            cursor.advance()
        }
        return found
    }

    private mutating func leave() {
        isBeforeTable = false
        depth -= 1
        given.removeAll { $0.depth > depth }
        // In scope from here on: within its own query the name is a table's, unless RECURSIVE.
        guard let last = open.popLast() else { return }
        let ends = last.depth == depth ? last.ends - 1 : last.ends
        if ends > 0 {
            open.append((last.name, last.depth, ends))
        } else {
            given.append((last.name, last.depth))
        }
    }

    private mutating func readName() {
        let givesName = isNameOfQuery
        guard let name = cursor.takeName() else { return cursor.advance() }
        if isBeforeTable, !cursor.at(symbol: "."), !cursor.at(symbol: "("),
            !given.contains(where: { $0.name == name.text })
        {
            found.insert(name.text)
        }
        isBeforeTable = false
        guard givesName else { return }
        if isRecursive {
            given.append((name.text, depth))
        } else {
            open.append((name.text, depth, cursor.at(symbol: "(") ? 2 : 1))
        }
    }

    /// Whether the token names a common table expression: `` `q` (`a`) AS (SELECT ``.
    private var isNameOfQuery: Bool {
        guard let token = cursor.token, token.kind == .word || token.kind == .quotedName else {
            return false
        }
        var next = cursor
        next.advance()
        if next.at(symbol: "(") { next.skipGroup() }
        guard next.at("AS"), next.at(symbol: "(", ahead: 1) else { return false }
        return next.at("SELECT", ahead: 2) || next.at("WITH", ahead: 2)
            || next.at("VALUES", ahead: 2) || next.at(symbol: "(", ahead: 2)
    }
}
