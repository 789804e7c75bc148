import Schema

extension TableChange {
    /// The copy of a table that differs from `to` in nothing but the ``OldTemporals``; nil where
    /// it has none.
    ///
    /// Throws `unsupported` where a foreign key holds one of the columns: no server copies it so.
    ///
    /// - Parameter parentColumns: columns that foreign keys of other tables refer to.
    static func rebuild(
        _ from: Table, to: Table, parentColumns: Set<String>
    ) throws(DiffError) -> TableChange? {
        let names = Set(from.oldTemporals(butThoseOf: to))
        guard !names.isEmpty else { return nil }
        let referring = from.foreignKeys.flatMap { key in
            key.columns + (key.referencedTable == from.name ? key.referencedColumns : [])
        }
        if let held = from.oldTemporals.first(where: { name in
            (parentColumns.union(referring)).contains { $0.sameName(as: name) }
        }) {
            throw DiffError(
                .unsupported, table: to.name,
                "column `\(held)` is in an old format of dates and times, and a foreign key holds "
                    + "it: no server copies it out of that; take the key out of the schema, let "
                    + "both tables be rebuilt, and bring it back, or say `old_temporals: keep`")
        }
        let columns = from.columns.filter { names.contains($0.name) }
        // A generated column is copied with the columns that it is computed from.
        let plain = columns.filter { $0.generated == nil }
        let clauses = (plain.isEmpty ? columns : plain).map {
            Clause.changeColumn(from: $0, to: $0.inCurrentFormat, position: nil)
        }
        return TableChange(
            kind: .alter, table: to.name, from: from, to: to,
            alterations: [Alteration(clauses: clauses)])
    }
}
