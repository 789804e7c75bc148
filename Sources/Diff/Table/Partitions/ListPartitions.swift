import Schema

/// The groups of two LIST partitionings: partitions that share a value or a name.
struct ListPartitions {
    let from: Partitioning
    let to: Partitioning

    /// The partition of every value that no list has (MariaDB).
    private static let rest = "DEFAULT"

    /// Nil where a value goes and its partition stays: rows may hold it.
    var groups: PartitionGroups? {
        let old = from.partitions.map { values(of: $0) }
        let new = to.partitions.map { values(of: $0) }
        var numbers = Array(old.indices) + new.indices.map { old.count + $0 }
        func join(_ left: Int, _ right: Int) {
            let (kept, gone) = (numbers[left], numbers[right])
            for place in numbers.indices where numbers[place] == gone { numbers[place] = kept }
        }
        let oldValues = Set(old.joined())
        let newValues = Set(new.joined())
        for (mine, values) in old.enumerated() {
            for (its, others) in new.enumerated() {
                let isTouched =
                    !values.isDisjoint(with: others)
                    || from.partitions[mine].key == to.partitions[its].key
                    || others.contains(Self.rest) && !values.isSubset(of: newValues)
                    || values.contains(Self.rest) && !others.isSubset(of: oldValues)
                if isTouched { join(mine, old.count + its) }
            }
        }
        // Servers reorganize only neighbours; partitions that are dropped are gone by then.
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            let kept = old.indices.filter { place in
                numbers[old.count...].contains(numbers[place])
            }
            for (index, place) in kept.enumerated() where isChanged(numbers[place], numbers) {
                let rest = kept[(index + 1)...]
                guard let last = rest.last(where: { numbers[$0] == numbers[place] }) else {
                    continue
                }
                for between in rest where between < last && numbers[between] != numbers[place] {
                    join(place, between)
                    isGrowing = true
                }
            }
        }
        var groups: [PartitionGroups.Group] = []
        for number in Set(numbers).sorted() {
            let group = group(number, numbers)
            let held = Set(group.old.flatMap { values(of: $0) })
            let taken = Set(group.new.flatMap { values(of: $0) })
            let isHeld = held.isSubset(of: taken)
            let isRest = held.contains(Self.rest) || taken.contains(Self.rest)
            let isMoved = !group.isKept && !group.new.isEmpty && !group.old.isEmpty
            // MariaDB crashes (signal 11), refuses (error 1653) or hides rows where it reorganizes
            // the `DEFAULT` partition; partitioning the whole table again is right.
            if isMoved, isRest || !isHeld { return nil }
            groups.append(group)
        }
        // Two spellings of a text may be one value by its collation: what goes under one spelling
        // may be wanted under the other.
        let dropped = groups.filter(\.new.isEmpty).flatMap(\.old)
        let isText = dropped.contains { values(of: $0).contains { $0.contains("'") } }
        if isText, !newValues.isSubset(of: oldValues) { return nil }
        return PartitionGroups(groups: groups, isOrdered: false)
    }

    private func group(_ number: Int, _ numbers: [Int]) -> PartitionGroups.Group {
        let count = from.partitions.count
        return .init(
            old: from.partitions.indices.filter { numbers[$0] == number }
                .map { from.partitions[$0] },
            new: to.partitions.indices.filter { numbers[count + $0] == number }
                .map { to.partitions[$0] })
    }

    private func isChanged(_ number: Int, _ numbers: [Int]) -> Bool {
        !group(number, numbers).isKept
    }

    private func values(of partition: Partitioning.Partition) -> Set<String> {
        partition.listed.map { Set($0) } ?? [Self.rest]
    }
}
