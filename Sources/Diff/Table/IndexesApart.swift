/// The split that may spare a table from being rebuilt.
extension Alteration {
    /// The same change in two statements, the new indexes in the second; nil where it stays whole.
    ///
    /// An index that goes is not to be missed while its successor is built, a foreign key or a
    /// check comes in one with what it rests on, and a primary key is the table itself.
    package var withIndexesApart: [Alteration]? {
        var indexes: [Clause] = []
        var others: [Clause] = []
        for clause in clauses {
            switch clause {
            case .addIndex(let index) where index.kind != .primary: indexes.append(clause)
            // It keeps an index that gives way to the new ones.
            case .renameIndex(let old, let new) where old == new: indexes.append(clause)
            case .addColumn, .changeColumn, .dropColumn, .renameIndex, .setIndexIgnored,
                .setDefaultCharacterSet, .setOption, .dropOption:
                others.append(clause)
            case .addIndex, .dropIndex, .renameTable, .addForeignKey, .dropForeignKey, .addCheck,
                .dropCheck, .setCheckEnforced, .addPeriod, .dropPeriod, .addSystemVersioning,
                .dropSystemVersioning, .partitionBy, .removePartitioning, .addPartitions,
                .dropPartitions:
                return nil
            }
        }
        guard !indexes.isEmpty, !others.isEmpty else { return nil }
        return [Alteration(clauses: others), Alteration(clauses: indexes)]
    }
}
