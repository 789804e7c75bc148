/// Reads the table options behind the parentheses.
enum SourceOptionsReader {
    /// Adds the options from `start` on, up to the partitions.
    static func read(_ start: TokenCursor, into table: inout SourceTable) {
        var cursor = start
        while cursor.token != nil {
            if cursor.at("PARTITION"), cursor.at("BY", ahead: 1) {
                return partitions(cursor, into: &table)
            }
            switch cursor.word() {
            case "ENGINE", "TYPE": table.options.engine = value(&cursor, 1)
            case "CHARSET": table.options.characterSet = value(&cursor, 1)
            case "CHARACTER" where cursor.at("SET", ahead: 1),
                "CHAR" where cursor.at("SET", ahead: 1):
                table.options.characterSet = value(&cursor, 2)
            case "COLLATE": table.options.collation = value(&cursor, 1)
            case "COMMENT":
                table.options.hasComment = true
                _ = value(&cursor, 1)
            case let word? where storageKeys.contains(word):
                let text = value(&cursor, 1)?.text.uppercased()
                table.options.storage[word] = text == "DEFAULT" ? nil : text
            case "WITH" where cursor.at("SYSTEM", ahead: 1):
                table.options.isSystemVersioned = true
                for _ in 0..<3 { cursor.advance() }
            default:
                if cursor.at(symbol: "(") { cursor.skipGroup() } else { cursor.advance() }
            }
        }
    }

    private static let storageKeys: Set = [
        "ROW_FORMAT", "KEY_BLOCK_SIZE", "COMPRESSION", "ENCRYPTION", "ENCRYPTED",
        "PAGE_COMPRESSED",
    ]

    /// Reads the clause behind `PARTITION BY`, up to a query.
    private static func partitions(_ start: TokenCursor, into table: inout SourceTable) {
        var cursor = start
        for _ in 0..<2 { cursor.advance() }
        let first = cursor.index
        while cursor.token != nil, !cursor.at("SELECT"), !cursor.at("AS") {
            if cursor.at(symbol: "(") { cursor.skipGroup() } else { cursor.advance() }
        }
        table.options.partitioning = cursor.expression(first..<cursor.index)
    }

    private static func value(_ cursor: inout TokenCursor, _ words: Int) -> SourceTable.Word? {
        for _ in 0..<words { cursor.advance() }
        _ = cursor.take(symbol: "=")
        return cursor.takeName().map {
            SourceTable.Word(
                text: $0.text, location: cursor.source.location(of: $0.token.start))
        }
    }
}
