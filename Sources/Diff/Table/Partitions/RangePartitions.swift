import Schema

/// The groups of two RANGE partitionings: what lies between two bounds that both have.
struct RangePartitions {
    let from: Partitioning
    let to: Partitioning

    /// Nil unless the bounds show that every row still has a partition.
    var groups: PartitionGroups? {
        var groups: [PartitionGroups.Group] = []
        var old = from.partitions[...]
        var new = to.partitions[...]
        while let ends = nextCommonBound(old, new) {
            groups.append(
                .init(old: Array(old[...ends.old]), new: Array(new[...ends.new])))
            old = old[(ends.old + 1)...]
            new = new[(ends.new + 1)...]
        }
        if !old.isEmpty || !new.isEmpty {
            guard let tail = tail(Array(old), Array(new)) else { return nil }
            groups.append(tail)
        }
        if let first = groups.first, let parts = oldestDropped(in: first) {
            groups.replaceSubrange(0..<1, with: parts)
        }
        return PartitionGroups(groups: groups, isOrdered: true)
    }

    private func nextCommonBound(
        _ old: ArraySlice<Partitioning.Partition>, _ new: ArraySlice<Partitioning.Partition>
    ) -> (old: Int, new: Int)? {
        for place in old.indices {
            guard let bound = old[place].bound else { return nil }
            if let other = new.firstIndex(where: { $0.bound == bound }) { return (place, other) }
        }
        return nil
    }

    /// What lies behind the last bound that both have.
    private func tail(
        _ old: [Partitioning.Partition], _ new: [Partitioning.Partition]
    ) -> PartitionGroups.Group? {
        guard let last = old.last else { return .init(old: [], new: new) }
        if new.isEmpty { return isGone(old) ? .init(old: old, new: []) : nil }
        guard let least = last.bound, let most = new.last?.bound,
            RangeBound(most).isSeenToBeAbove(RangeBound(least))
        else { return nil }
        return .init(old: old, new: new)
    }

    /// The group in two, where its oldest partitions are dropped and the next one stays under its
    /// name. Elsewhere, and where a name goes on as that of another range, rows are merged.
    private func oldestDropped(
        in group: PartitionGroups.Group
    ) -> [PartitionGroups.Group]? {
        guard group.old.count > 1, group.new.count == 1, let last = group.old.last,
            let new = group.new.first, last.key == new.key, last.bound == new.bound,
            isGone(Array(group.old.dropLast()))
        else { return nil }
        return [.init(old: group.old.dropLast(), new: []), .init(old: [last], new: [new])]
    }

    private func isGone(_ partitions: [Partitioning.Partition]) -> Bool {
        let wanted = Set(to.partitions.map(\.key))
        return !partitions.contains { wanted.contains($0.key) }
    }
}

/// The bound of a RANGE partition, to be compared as far as its text tells.
struct RangeBound {
    private let values: [String]

    init(_ values: [String]) {
        self.values = values
    }

    /// False also where the text does not tell: texts compare by their collation.
    func isSeenToBeAbove(_ other: RangeBound) -> Bool {
        for (mine, its) in zip(values, other.values) where mine != its {
            if mine.uppercased() == "MAXVALUE" { return true }
            if its.uppercased() == "MAXVALUE" { return false }
            if let mine = Int128(mine), let its = Int128(its) { return mine > its }
            guard mine.count == its.count, Self.isMoment(mine), Self.isMoment(its) else {
                return false
            }
            return mine > its
        }
        return false
    }

    /// `'2026-01-01'`, `'2026-01-01 00:00:00'`.
    private static func isMoment(_ text: String) -> Bool {
        let digits = text.dropFirst().prefix(4)
        return text.hasPrefix("'") && text.hasSuffix("'") && text.dropFirst(5).hasPrefix("-")
            && digits.allSatisfy { $0.isASCII && $0.isNumber }
            && text.dropFirst().dropLast().allSatisfy {
                $0.isASCII && ($0.isNumber || "-: .".contains($0))
            }
    }
}
