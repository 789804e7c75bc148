import Schema

extension Alteration {
    /// Whether a server changes `table` this way by nothing but a copy, for columns that are in
    /// one of the ``OldTemporals``: it takes any other for a change of their types (error 1846).
    ///
    /// Partitions come and go without.
    package func copiesOldTemporals(of table: Table) -> Bool {
        guard !table.oldTemporals.isEmpty else { return false }
        return !clauses.allSatisfy { clause in
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
