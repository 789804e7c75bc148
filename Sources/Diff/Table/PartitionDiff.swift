import Schema

/// The partition clauses that lead from one partitioning to another, each a statement of its own.
enum PartitionDiff {
    static func clauses(from: Partitioning?, to: Partitioning?) -> [Clause] {
        guard from != to else { return [] }
        guard let to else { return [.removePartitioning] }
        guard let from else { return [.partitionBy(to)] }
        return rotation(from: from, to: to) ?? [.partitionBy(to)]
    }

    /// `DROP PARTITION` at the ends of a RANGE table or anywhere in a LIST table, and `ADD
    /// PARTITION` behind the last one; nil where rows would have to move between partitions.
    private static func rotation(from: Partitioning, to: Partitioning) -> [Clause]? {
        let isRange = from.method.uppercased().hasPrefix("RANGE")
        let isList = from.method.uppercased().hasPrefix("LIST")
        guard isRange || isList, from.method == to.method, from.count == to.count,
            from.subpartitioning == to.subpartitioning
        else { return nil }
        let wanted = Set(to.partitions.map(\.name))
        let kept = from.partitions.filter { wanted.contains($0.name) }
        let dropped = from.partitions.filter { !wanted.contains($0.name) }
        guard !kept.isEmpty, Array(to.partitions.prefix(kept.count)) == kept else { return nil }
        let added = Array(to.partitions.dropFirst(kept.count))
        // With both, rows of a dropped partition may belong to an added one: nothing is thrown
        // away then, unless what goes is the oldest end of a range.
        let goesFirst = Array(from.partitions.prefix(dropped.count)) == dropped
        let goesLast = Array(from.partitions.suffix(dropped.count)) == dropped
        if isRange, !dropped.isEmpty, !(goesFirst || (goesLast && added.isEmpty)) { return nil }
        if isList, !dropped.isEmpty, !added.isEmpty { return nil }
        if isRange, !added.isEmpty, kept.last?.values?.contains("MAXVALUE") == true { return nil }
        var clauses: [Clause] = []
        if !dropped.isEmpty { clauses.append(.dropPartitions(dropped.map(\.name))) }
        if !added.isEmpty { clauses.append(.addPartitions(added)) }
        return clauses
    }
}
