import Schema

/// A character set with its collation; nil stands for the set's default collation.
package struct CharacterSet: Hashable {
    package var name: String
    package var collation: String?
}

extension CharacterSet {
    /// The most bytes that one character takes.
    var bytesPerCharacter: Int {
        switch name {
        case "utf8mb4", "utf16", "utf16le", "utf32", "gb18030": 4
        case "utf8mb3", "utf8", "ujis", "eucjpms": 3
        case "ucs2", "big5", "gbk", "gb2312", "sjis", "cp932", "euckr": 2
        default: 1
        }
    }
}

extension Table {
    var defaultCharacterSet: CharacterSet {
        CharacterSet(
            name: option("DEFAULT CHARSET") ?? option("COLLATE").map(Self.characterSet(of:)) ?? "",
            collation: option("COLLATE"))
    }

    /// What a column's text is stored in; nil for columns without text.
    package func effectiveCharacterSet(of column: Column) -> CharacterSet? {
        guard ColumnType(column.type).isText else { return nil }
        if let name = column.characterSet {
            return CharacterSet(name: name, collation: column.collation)
        }
        if let collation = column.collation {
            return CharacterSet(name: Self.characterSet(of: collation), collation: collation)
        }
        return defaultCharacterSet
    }

    private static func characterSet(of collation: String) -> String {
        String(collation.prefix { $0 != "_" })
    }
}
