import Schema

extension Table {
    /// Why no statement makes this table, which git desires; nil where one does.
    ///
    /// A text of MySQL's own may show a column without any default, which `ALTER TABLE … ALTER …
    /// DROP DEFAULT` left behind; every other way to write that column gives it `DEFAULT NULL`.
    func impossible(on flavour: ServerProfile.Flavour) -> String? {
        guard flavour == .mysql, let column = columns.first(where: \.hasNoDefault) else {
            return nil
        }
        return
            "column \(SQL.identifier(column.name)) has no default in a file that is the server's "
            + "own text, not even NULL; no CREATE TABLE makes such a column: write DEFAULT NULL"
    }
}

extension Column {
    /// True for a column that may be NULL and is not by default; MySQL shows that of no other.
    fileprivate var hasNoDefault: Bool {
        let word = type.prefix { $0.isLetter }
        return !isNotNull && defaultValue == nil && generated == nil && !isAutoIncrement
            && Self.typesWithDefault.contains(String(word))
    }

    /// TEXT, BLOB, JSON and places are shown without DEFAULT NULL at all times.
    private static let typesWithDefault: Set<String> = [
        "bit", "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double",
        "char", "varchar", "binary", "varbinary", "enum", "set", "date", "time", "datetime",
        "timestamp", "year",
    ]
}
