import Schema

extension Partitioning {
    /// The partitions after a clause about some of them; nil where it does not apply.
    func applying(_ clause: Clause) -> Partitioning? {
        var result = self
        switch clause {
        case .addPartitions(let new):
            let names = Set(partitions.map(\.key))
            guard !new.contains(where: { names.contains($0.key) }) else { return nil }
            // In a table with history the partition of the current rows stays last.
            let place = kind == .systemTime ? partitions.count - 1 : partitions.count
            guard place >= 0 else { return nil }
            result.partitions.insert(contentsOf: new, at: place)
        case .growPartitions(let more):
            guard let count else { return nil }
            result.count = count + more
        case .coalescePartitions(let fewer):
            guard (count ?? partitions.count) > fewer else { return nil }
            result.count = count.map { $0 - fewer }
            if count == nil { result.partitions.removeLast(fewer) }
        case .reorganizePartitions(let names, let new):
            guard let first = partitions.firstIndex(where: { names.contains($0.name) }),
                partitions[first...].prefix(names.count).map(\.name) == names
            else { return nil }
            result.partitions.replaceSubrange(first..<first + names.count, with: new)
            guard Set(result.partitions.map(\.key)).count == result.partitions.count else {
                return nil
            }
        case .dropPartitions(let names):
            result.partitions.removeAll { names.contains($0.name) }
            guard result.partitions.count == partitions.count - names.count,
                !result.partitions.isEmpty
            else { return nil }
        default: return nil
        }
        return result
    }

    /// Partitions have the engine of their table, and print it.
    mutating func follow(_ option: TableOption, insteadOf old: String?) {
        guard option.key.uppercased() == "ENGINE", let old else { return }
        let (was, now) = ("ENGINE = \(old)", "ENGINE = \(option.value)")
        for place in partitions.indices {
            let options = partitions[place].options
            if options.hasSuffix(was) {
                partitions[place].options = options.dropLast(was.count) + now
            }
            for end in [",", ")"] {
                partitions[place].subpartitions = partitions[place].subpartitions?
                    .replacing(was + end, with: now + end)
            }
        }
    }
}
