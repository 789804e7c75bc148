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

    /// Nil where the table has to be split anew.
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

    /// More or fewer of them: only with `LINEAR` some rows stay where they are.
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

extension Partitioning {
    enum Kind {
        case range, list, hash, systemTime
    }

    /// Nil for a method that is not known.
    var kind: Kind? {
        let words = method.uppercased().split { $0 == " " || $0 == "(" }
        return switch words.first == "LINEAR" ? words.dropFirst().first : words.first {
        case "RANGE": .range
        case "LIST": .list
        case "HASH", "KEY": .hash
        case "SYSTEM_TIME": .systemTime
        default: nil
        }
    }

    /// True where the server adds partitions by itself.
    private var isAutomatic: Bool {
        kind == .systemTime && method.uppercased().hasSuffix(" AUTO")
    }

    /// The one form of all partitionings that mean the same under every ``EquivalenceRule``.
    var canonical: Partitioning {
        var result = self
        if isAutomatic {
            result.count = nil
            result.partitions = []
        }
        guard kind == .list else { return result }
        result.partitions = partitions.map(\.sorted).sorted { $0.name < $1.name }
        return result
    }
}

extension Partitioning.Partition {
    /// Servers compare names of partitions without case.
    var key: String { name.lowercased() }

    /// The values of a LIST partition, as printed; nil for any other, and for its `DEFAULT`.
    var listed: [String]? {
        guard let values, values.hasPrefix("VALUES IN ("), values.hasSuffix(")") else { return nil }
        return Self.parts(of: values.dropFirst(11).dropLast())
    }

    /// With the values of a list in one order, which means nothing.
    var sorted: Partitioning.Partition {
        guard let values = listed else { return self }
        var result = self
        result.values = "VALUES IN (\(values.sorted().joined(separator: ",")))"
        return result
    }

    /// The bound of a RANGE partition, value by value as printed; nil for any other.
    var bound: [String]? {
        guard let values, values.hasPrefix("VALUES LESS THAN ") else { return nil }
        let text = values.dropFirst(17)
        guard text.hasPrefix("("), text.hasSuffix(")") else { return [String(text)] }
        return Self.parts(of: text.dropFirst().dropLast())
    }

    /// Split at the commas that no quote and no parenthesis holds.
    private static func parts(of text: Substring) -> [String] {
        var parts = [""]
        var depth = 0
        var isQuoted = false
        for character in text {
            if character == "'" { isQuoted.toggle() }
            if !isQuoted, character == "(" { depth += 1 }
            if !isQuoted, character == ")" { depth -= 1 }
            if !isQuoted, depth == 0, character == "," {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
