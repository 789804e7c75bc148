import Schema

extension Table {
    /// A table for values of this one's columns: with its key alone, and nothing that makes values
    /// or refuses them for another reason than their type.
    func scratch(named name: String, key: CopyKey) -> Table {
        var table = self
        table.name = name
        table.indexes.removeAll { $0.parts.map(\.key) != key.columns.map { .column($0.name) } }
        table.checks = []
        table.partitioning = nil
        table.autoIncrement = nil
        table.columns.removeAll { $0.generated != nil }
        for place in table.columns.indices {
            table.columns[place].check = nil
            table.columns[place].onUpdate = nil
            table.columns[place].isAutoIncrement = false
        }
        return table
    }
}

extension CopySession {
    /// Makes a temporary table, in place of an earlier one of its name; the session keeps it.
    func makeScratch(_ table: Table) throws(CopyFailure) {
        let text = table.createStatement(flavour: job.flavour)
        try execute("DROP TEMPORARY TABLE IF EXISTS \(SQL.identifier(table.name))")
        try execute("CREATE TEMPORARY TABLE" + text.dropFirst("CREATE TABLE".count))
    }
}
