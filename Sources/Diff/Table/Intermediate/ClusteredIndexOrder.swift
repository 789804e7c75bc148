import Schema

/// The intermediate tables where another index becomes the one on which InnoDB clusters a table
/// without a primary key.
///
/// InnoDB takes the first unique index over NOT NULL columns, and a new index comes behind those
/// that are there: to put one before another, the other is dropped and added again. Only indexes
/// that may be clustered on are dropped, as foreign keys may refer to the others.
struct ClusteredIndexOrder {
    let to: Table

    /// Drops the other indexes that may be clustered on, where the one to cluster on stays.
    func clear(_ table: inout Table) {
        guard let (wanted, present) = misplaced(in: table),
            to.indexes.contains(where: { $0.isNamesake(of: present) })
        else { return }
        table.indexes.removeAll { index in
            !index.isNamesake(of: wanted)
                && to.indexes.contains { $0.isNamesake(of: index) && to.isFitForClustering($0) }
        }
    }

    /// The tables that follow `table`, which differs from the desired one only in the order of its
    /// indexes, because the one to cluster on was made again; empty where the order is right.
    func targets(behind table: Table) -> [Table] {
        guard let (wanted, _) = misplaced(in: table),
            let place = table.indexes.firstIndex(where: { $0.isNamesake(of: wanted) })
        else { return [] }
        var cleared = table
        cleared.indexes = table.indexes.enumerated().filter { other, index in
            other >= place || !table.isFitForClustering(index)
        }.map(\.element)
        var ordered = table
        ordered.indexes = to.indexes
        return [cleared, ordered]
    }

    /// The index to cluster on, and the one that `table`, which has both, is clustered on instead.
    private func misplaced(in table: Table) -> (wanted: Index, present: Index)? {
        guard let wanted = to.clusteringIndex, let present = table.clusteringIndex,
            !present.isNamesake(of: wanted),
            table.indexes.contains(where: { $0.isNamesake(of: wanted) })
        else { return nil }
        return (wanted, present)
    }
}
