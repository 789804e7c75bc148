import Schema

extension Table {
    /// True where `column` of this table and `other` of `table` mean different things; their
    /// places are not compared, nor is a character set that only repeats the table's.
    func hasOtherDefinition(of column: Column, than other: Column, in table: Table) -> Bool {
        if effectiveCharacterSet(of: column) != table.effectiveCharacterSet(of: other) {
            return true
        }
        var left = column
        var right = other
        if ColumnType(column.type).isText {
            left.characterSet = nil
            left.collation = nil
            right.characterSet = nil
            right.collation = nil
        }
        return left != right
    }
}
