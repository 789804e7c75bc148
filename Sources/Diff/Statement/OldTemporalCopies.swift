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
