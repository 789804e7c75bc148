extension Table {
    /// The statement that creates this table so that `SHOW CREATE TABLE` prints the same text
    /// again.
    ///
    /// On MariaDB it is that text. MySQL remembers that a column's collation was written out, and
    /// prints the character set with it from then on. A column's collation without a character set
    /// repeats the table's collation, and is left out.
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
