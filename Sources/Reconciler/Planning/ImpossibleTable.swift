import Schema

extension Table {
    /// Why no statement creates this desired table; nil where one does.
    ///
    /// After `ALTER TABLE … ALTER … DROP DEFAULT`, MySQL's `SHOW CREATE TABLE` has a nullable
    /// column without any default. No other statement makes such a column: they all give it
    /// `DEFAULT NULL`.
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
    /// Whether the column is nullable and has no default, not even NULL.
    fileprivate var hasNoDefault: Bool {
        let word = type.prefix { $0.isLetter }
        return !isNotNull && defaultValue == nil && generated == nil && !isAutoIncrement
            && Self.typesWithDefault.contains(String(word))
    }

    /// Types that MySQL prints with DEFAULT NULL; it never does for TEXT, BLOB, JSON and geometry.
    private static let typesWithDefault: Set<String> = [
        "bit", "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double",
        "char", "varchar", "binary", "varbinary", "enum", "set", "date", "time", "datetime",
        "timestamp", "year",
    ]
}
