extension Table {
    /// The statement after which `SHOW CREATE TABLE` says what this table was read from.
    ///
    /// It is that text, but for MySQL, which remembers that a column's collation was spelled out
    /// and prints the character set too from then on. A collation that it printed alone only
    /// repeats the table's, and is left out.
    package func createStatement(flavour: ServerProfile.Flavour) -> String {
        guard flavour == .mysql, let collation = options.first(where: { $0.key == "COLLATE" })
        else { return showCreate(flavour: flavour) }
        var table = self
        for place in columns.indices
        where columns[place].characterSet == nil && columns[place].collation == collation.value {
            table.columns[place].collation = nil
        }
        return table.showCreate(flavour: flavour)
    }
}

extension CatalogTable {
    /// As ``Table/createStatement(flavour:)``; the text itself where it is not understood.
    package func createStatement(flavour: ServerProfile.Flavour) -> String {
        table?.createStatement(flavour: flavour) ?? text
    }
}
