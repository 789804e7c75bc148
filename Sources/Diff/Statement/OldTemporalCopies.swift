import Schema

extension Alteration {
    /// Whether a server makes this change of `table` only by a copy, because columns are in one of
    /// the ``OldTemporals``: any other way it takes for a change of their types (error 1846).
    ///
    /// Clauses about single partitions need no copy.
    package func copiesOldTemporals(of table: Table) -> Bool {
        !table.oldTemporals.isEmpty && copiesTemporals
    }

    /// The same for any table whose dates and times are in another format than that in which its
    /// server makes them.
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
