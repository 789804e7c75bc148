import Schema

/// The query for rows of a table whose foreign key has no parent.
package struct OrphanQuery: Sendable {
    /// Quoted, with its database where that is another one.
    let table: String
    let parent: String
    /// Quoted names, or expressions over them, in the order of the key.
    let pairs: [(child: String, parent: String)]

    init(table: String, parent: String, pairs: [(child: String, parent: String)]) {
        self.table = table
        self.parent = parent
        self.pairs = pairs
    }

    /// The query for a key whose tables and columns are live under the names that it gives.
    package init(key: ForeignKey, of table: String) {
        var parent = SQL.identifier(key.referencedTable)
        if let schema = key.referencedSchema { parent = "\(SQL.identifier(schema)).\(parent)" }
        self.init(
            table: SQL.identifier(table), parent: parent,
            pairs: zip(key.columns, key.referencedColumns).map { child, parent in
                ("child.\(SQL.identifier(child))", "parent.\(SQL.identifier(parent))")
            })
    }

    /// Shows some of the rows to a person.
    package var look: String { "SELECT child.* \(tail) LIMIT 10" }

    /// Gives one row exactly if there is one.
    var sql: String { "SELECT 1 \(tail) LIMIT 1" }

    private var tail: String {
        let present = pairs.map { "\($0.child) IS NOT NULL" }
        let equal = pairs.map { "\($0.parent) = \($0.child)" }
        return "FROM \(table) AS child WHERE \(present.joined(separator: " AND ")) AND NOT EXISTS "
            + "(SELECT 1 FROM \(parent) AS parent WHERE \(equal.joined(separator: " AND ")))"
    }
}
