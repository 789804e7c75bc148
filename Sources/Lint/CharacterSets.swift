import Desired
import Schema

/// Finds the character sets in the text of a table.
enum CharacterSets {
    /// The current name for an older name of a character set.
    static func canonical(_ name: String) -> String {
        let name = name.lowercased()
        return name == "utf8" ? "utf8mb3" : name
    }

    /// The character set of a collation: the part before its first `_`.
    static func ofCollation(_ collation: String) -> String {
        canonical(String(collation.lowercased().prefix { $0 != "_" }))
    }

    /// The character set written at a column, with its place; nil where there is none.
    static func written(at column: SourceTable.Column) -> SourceTable.Word? {
        if ["national", "nchar", "nvarchar"].contains(column.type.lowercased()) {
            return SourceTable.Word(text: "utf8mb3", location: column.location)
        }
        return written(column.characterSet, column.collation)
    }

    /// The default character set written at a table, with its place; nil where there is none.
    static func written(at table: SourceTable) -> SourceTable.Word? {
        written(table.options.characterSet, table.options.collation)
    }

    private static func written(
        _ characterSet: SourceTable.Word?, _ collation: SourceTable.Word?
    ) -> SourceTable.Word? {
        if let characterSet, characterSet.text.lowercased() != "default" {
            return SourceTable.Word(
                text: canonical(characterSet.text), location: characterSet.location)
        }
        // MariaDB: names such as `uca1400_ai_ci` apply to every Unicode character set.
        guard let collation, !collation.text.lowercased().hasPrefix("uca1400"),
            collation.text.lowercased() != "default"
        else { return nil }
        return SourceTable.Word(
            text: ofCollation(collation.text), location: collation.location)
    }

    /// The character set of a column's values as far as the text tells: its own, else the table's.
    static func known(of column: SourceTable.Column, in table: SourceTable) -> String? {
        (written(at: column) ?? written(at: table))?.text
    }

    /// The collation that the text gives a column, in lower case.
    static func knownCollation(
        of column: SourceTable.Column, in table: SourceTable
    ) -> String? {
        if let own = column.collation { return own.text.lowercased() }
        return column.characterSet == nil ? table.options.collation?.text.lowercased() : nil
    }

    /// The most bytes of one character.
    static func bytesPerCharacter(_ name: String) -> Int {
        switch canonical(name) {
        case "utf8mb4", "utf16", "utf16le", "utf32", "gb18030": 4
        case "utf8mb3", "ujis", "eucjpms": 3
        case "ucs2", "big5", "gbk", "gb2312", "sjis", "cp932", "euckr": 2
        default: 1
        }
    }
}
