import Schema

/// Partitions whose rows are to be in other partitions afterwards, group by group.
///
/// Rows of a group's old partitions fit into its new ones. Without new ones they go; without old
/// ones there are none yet.
struct PartitionGroups {
    struct Group {
        var old: [Partitioning.Partition]
        var new: [Partitioning.Partition]

        var isKept: Bool { old.map(\.sorted) == new.map(\.sorted) }

        /// Whether a new partition of the group has one of `names`, apart from those that the group
        /// gives up itself.
        func collides(with names: Set<String>) -> Bool {
            let others = names.subtracting(old.map(\.key))
            return new.contains { others.contains($0.key) }
        }
    }

    /// In the order of the table.
    var groups: [Group]
    /// Whether what lies between two groups has to be taken along where they are joined.
    let isOrdered: Bool

    /// What is dropped, reorganized and added, in this order; nil where the whole table has to be
    /// partitioned again.
    func clauses(from: Partitioning, to: Partitioning) -> [Clause]? {
        var pending = groups.filter { !$0.isKept }
        var names = Set(from.partitions.map(\.key))
        let dropped = pending.filter(\.new.isEmpty).flatMap(\.old)
        var added = pending.filter(\.old.isEmpty).flatMap(\.new)
        pending.removeAll { $0.new.isEmpty || $0.old.isEmpty }

        var clauses: [Clause] = []
        let drop = dropped.isEmpty ? [] : [Clause.dropPartitions(dropped.map(\.name))]
        if dropped.count == from.partitions.count {
            // A table has one partition at least.
            guard pending.isEmpty, !added.isEmpty,
                !added.contains(where: { names.contains($0.key) })
            else { return nil }
            return [.addPartitions(added)] + drop
        }
        clauses += drop
        names.subtract(dropped.map(\.key))
        while !pending.isEmpty {
            guard let place = pending.firstIndex(where: { !$0.collides(with: names) }) else {
                return joined(pending, names)?.clauses(from: from, to: to)
            }
            let group = pending.remove(at: place)
            // Every row would be copied: a new partitioning asks the rows first.
            guard group.old.count < from.partitions.count else { return nil }
            names.subtract(group.old.map(\.key))
            names.formUnion(group.new.map(\.key))
            clauses.append(.reorganizePartitions(group.old.map(\.name), into: group.new))
        }
        if added.contains(where: { names.contains($0.key) }) { return nil }
        added.sort { left, right in
            (to.partitions.firstIndex(of: left) ?? 0) < (to.partitions.firstIndex(of: right) ?? 0)
        }
        if !added.isEmpty { clauses.append(.addPartitions(added)) }
        return clauses
    }

    /// The first group that waits for a name, joined with the one that has it.
    private func joined(_ pending: [Group], _ names: Set<String>) -> PartitionGroups? {
        guard isOrdered, let group = pending.first,
            let mine = groups.firstIndex(where: { $0.old == group.old && $0.new == group.new }),
            let other = groups.firstIndex(where: { other in
                other.old != group.old
                    && other.old.contains { old in group.new.contains { $0.key == old.key } }
            })
        else { return nil }
        let span = min(mine, other)...max(mine, other)
        // Rows that are to go would be kept, and those of the last ones thrown away.
        guard !groups[span].contains(where: \.new.isEmpty) else { return nil }
        var result = self
        result.groups.replaceSubrange(
            span,
            with: [
                Group(old: groups[span].flatMap(\.old), new: groups[span].flatMap(\.new))
            ])
        return result
    }
}
