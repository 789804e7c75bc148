import Schema

extension Alteration {
    /// Whether a server changes `table` this way by nothing but a copy, for columns that are in
    /// one of the ``OldTemporals``: it takes any other for a change of their types (error 1846).
    ///
    /// Partitions come and go without.
    package func copiesOldTemporals(of table: Table) -> Bool {
        !table.oldTemporals.isEmpty && copiesTemporals
    }

    /// The same of any table whose dates and times are in another format than the one in which
    /// its server makes them.
    package var copiesTemporals: Bool {
        !clauses.allSatisfy { clause in
            switch clause {
            case .addPartitions, .growPartitions, .coalescePartitions, .reorganizePartitions,
                .dropPartitions:
                true
            case .addColumn, .changeColumn, .dropColumn, .addIndex, .dropIndex, .renameIndex,
                .setIndexIgnored, .addForeignKey, .dropForeignKey, .addCheck, .dropCheck,
                .setCheckEnforced, .setDefaultCharacterSet, .setOption, .dropOption, .addPeriod,
                .dropPeriod, .addSystemVersioning, .dropSystemVersioning, .partitionBy,
                .removePartitioning, .renameTable:
                false
            }
        }
    }
}

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
        // What is computed comes along with what it is computed from.
        let plain = columns.filter { $0.generated == nil }
        let clauses = (plain.isEmpty ? columns : plain).map {
            Clause.changeColumn(from: $0, to: $0.inCurrentFormat, position: nil)
        }
        return TableChange(
            kind: .alter, table: to.name, from: from, to: to,
            alterations: [Alteration(clauses: clauses)])
    }

    /// Why the change is dearer than it would be; nil where it is not.
    var oldTemporalsFinding: HazardFinding? {
        guard let from, alterations.contains(where: { $0.copiesOldTemporals(of: from) }) else {
            return nil
        }
        let names = from.oldTemporals.map { SQL.identifier($0) }.joined(separator: ", ")
        return HazardFinding(
            rule: "rebuild-table", hazard: .costly,
            reason: "the server copies table `\(table)`, and with it \(names) out of an old format "
                + "of dates and times",
            remedy: "run it in a quiet hour")
    }
}
