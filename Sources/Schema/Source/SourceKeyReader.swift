/// Reads the columns of keys, and the parents of foreign keys.
enum SourceKeyReader {
    /// Takes the key parts between the next parentheses, which may follow `USING BTREE`.
    static func parts(_ cursor: inout TokenCursor) -> [SourceTable.Key.Part] {
        if cursor.at("USING") || cursor.at("TYPE") {
            for _ in 0..<2 { cursor.advance() }
        }
        guard cursor.take(symbol: "(") else { return [] }
        var parts: [SourceTable.Key.Part] = []
        while cursor.token != nil, !cursor.take(symbol: ")") {
            if let part = part(&cursor) { parts.append(part) }
            while cursor.token != nil, !cursor.at(symbol: ","), !cursor.at(symbol: ")") {
                if cursor.at(symbol: "(") { cursor.skipGroup() } else { cursor.advance() }
            }
            _ = cursor.take(symbol: ",")
        }
        return parts
    }

    private static func part(_ cursor: inout TokenCursor) -> SourceTable.Key.Part? {
        if cursor.at(symbol: "(") {
            var inner = cursor
            let expression = inner.takeExpression()
            let text = cursor.takeGroupText()
            return SourceTable.Key.Part(
                text: text, isExpression: true, expression: expression,
                isDescending: cursor.at("DESC"))
        }
        guard let name = cursor.takeName() else { return nil }
        var part = SourceTable.Key.Part(text: name.text)
        if cursor.at(symbol: "("), let arguments = cursor.takeArguments() {
            part.length = arguments.first.flatMap { Int($0) }
        }
        part.isDescending = cursor.at("DESC")
        return part
    }

    /// Takes `CASCADE`, `SET NULL`, …, from the first of these words; nil where none stands.
    static func action(_ cursor: inout TokenCursor) -> String? {
        guard let first = cursor.word() else { return nil }
        cursor.advance()
        guard first == "SET" || first == "NO", let second = cursor.word() else { return first }
        cursor.advance()
        return "\(first) \(second)"
    }

    /// Takes `REFERENCES parent (columns)`.
    static func reference(
        _ cursor: inout TokenCursor
    ) throws(SchemaError) -> (SourceTable.Reference, columns: [String]) {
        cursor.advance()
        guard let name = cursor.takeQualifiedName() else {
            throw cursor.unexpected("the name of the parent table")
        }
        let reference = SourceTable.Reference(
            database: name.database, table: name.text,
            location: cursor.source.location(of: name.token.start))
        return (reference, cursor.at(symbol: "(") ? parts(&cursor).map(\.text) : [])
    }
}

extension TokenCursor {
    /// Takes the current parentheses and returns their text, parentheses included.
    mutating func takeGroupText() -> String {
        guard let first = token else { return "" }
        skipGroup()
        return source.text(first.start..<max(first.start, previousEnd))
    }

    /// Takes the texts between the commas of the current parentheses; nil where there are no
    /// parentheses.
    mutating func takeArguments() -> [String]? {
        guard at(symbol: "(") else { return nil }
        var arguments: [String] = []
        var start: Int?
        var depth = 0
        while let token {
            if at(symbol: "(") { depth += 1 }
            if at(symbol: ")") { depth -= 1 }
            let isEnd = depth == 0
            if isEnd || depth == 1 && at(symbol: ",") {
                if let start { arguments.append(source.text(start..<previousEnd)) }
                start = nil
            } else if start == nil, !(depth == 1 && at(symbol: "(")) {
                start = token.start
            }
            advance()
            if isEnd { break }
        }
        return arguments
    }
}
