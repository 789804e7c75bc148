/// Types whose values are the same thing in different sizes.
enum ColumnFamily: Hashable {
    case integer, decimal, floating, bit, text, bytes
    /// With its members.
    case members(ColumnType)
    /// Anything else is its own family.
    case other(String)

    init(_ text: String) {
        let type = ColumnType(text)
        self =
            switch type.name {
            case "tinyint", "smallint", "mediumint", "int", "bigint": .integer
            case "decimal": .decimal
            case "float", "double": .floating
            case "bit": .bit
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext": .text
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob": .bytes
            case "enum", "set": .members(type)
            default: .other(type.name)
            }
    }
}
