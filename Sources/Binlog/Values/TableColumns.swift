/// What a table map leaves out of a column, by the table's own definition.
package struct BinlogColumn: Hashable, Sendable {
    package let name: String
    /// The name of its type without anything: `int`, `varchar`, `json`.
    package let type: String
    package let isUnsigned: Bool
    /// The column's character set; nil for one without.
    package let characterSet: String?
    /// How many digits the fraction of a second has.
    package let fractionDigits: Int
    /// Whether the server works it out by itself, so that nothing can be written into it.
    package let isGenerated: Bool

    package init(
        name: String, type: String, isUnsigned: Bool = false, characterSet: String? = nil,
        fractionDigits: Int = 0, isGenerated: Bool = false
    ) {
        self.name = name
        self.type = type
        self.isUnsigned = isUnsigned
        self.characterSet = characterSet
        self.fractionDigits = fractionDigits
        self.isGenerated = isGenerated
    }
}

/// The columns of one table, in the order in which its rows have them.
package struct TableColumns: Hashable, Sendable {
    package let database: String
    package let table: String
    package let columns: [BinlogColumn]

    package init(database: String, table: String, columns: [BinlogColumn]) {
        self.database = database
        self.table = table
        self.columns = columns
    }
}
