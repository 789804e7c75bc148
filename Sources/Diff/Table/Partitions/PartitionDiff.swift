import Schema

/// The partition clauses that lead from one partitioning to another, each a statement of its own.
///
/// What stays is not touched: partitions that come behind the others are added, what goes at an
/// end of a range or from a list is dropped, and what is split, merged, moved or named otherwise
/// is reorganized alone. No server refuses rows that a `REORGANIZE PARTITION` has no place for:
/// it throws them away. So it is used only where the new partitions are seen to cover the old
/// ones; everything else is a new partitioning, which refuses such rows.
enum PartitionDiff {
    static func clauses(from: Partitioning?, to: Partitioning?) -> [Clause] {
        guard from?.canonical != to?.canonical else { return [] }
        guard let to else { return [.removePartitioning] }
        guard let from else { return [.partitionBy(to)] }
        guard from.method == to.method, from.subpartitioning == to.subpartitioning,
            let clauses = clauses(from: from, to: to)
        else { return [.partitionBy(to)] }
        return clauses
    }

    /// Nil where the whole table has to be partitioned again.
    private static func clauses(from: Partitioning, to: Partitioning) -> [Clause]? {
        switch from.kind {
        case .range:
            guard from.count == nil, to.count == nil else { return nil }
            return RangePartitions(from: from, to: to).groups?.clauses(from: from, to: to)
        case .list:
            guard from.count == nil, to.count == nil else { return nil }
            return ListPartitions(from: from, to: to).groups?.clauses(from: from, to: to)
        case .hash: return hash(from: from, to: to)
        case .systemTime: return history(from: from, to: to)
        case nil: return nil
        }
    }

    /// More or fewer HASH or KEY partitions: only with `LINEAR` some rows stay where they are.
    private static func hash(from: Partitioning, to: Partitioning) -> [Clause]? {
        let isNamed = from.count == nil && to.count == nil
        guard isNamed || from.partitions.isEmpty && to.partitions.isEmpty else { return nil }
        let old = from.count ?? from.partitions.count
        let new = to.count ?? to.partitions.count
        guard old > 0, new > 0, zip(from.partitions, to.partitions).allSatisfy({ $0 == $1 }) else {
            return nil
        }
        if new < old { return [.coalescePartitions(old - new)] }
        if isNamed { return [.addPartitions(Array(to.partitions.dropFirst(old)))] }
        return [.growPartitions(new - old)]
    }

    /// History is added to before the current rows, and goes from its oldest end.
    private static func history(from: Partitioning, to: Partitioning) -> [Clause]? {
        if let old = from.count, let new = to.count {
            return new > old ? [.growPartitions(new - old)] : nil
        }
        guard from.count == nil, to.count == nil, let current = from.partitions.last,
            current == to.partitions.last
        else { return nil }
        let wanted = Set(to.partitions.map(\.key))
        let dropped = Array(from.partitions.prefix { !wanted.contains($0.key) })
        let kept = Array(from.partitions.dropFirst(dropped.count).dropLast())
        let rest = Array(to.partitions.dropLast())
        guard !kept.isEmpty, rest.starts(with: kept) else { return nil }
        let added = Array(rest.dropFirst(kept.count))
        return (dropped.isEmpty ? [] : [.dropPartitions(dropped.map(\.name))])
            + (added.isEmpty ? [] : [.addPartitions(added)])
    }
}
