import Schema

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

    /// The one form of all partitionings that mean the same: see ``Table/canonical``.
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

    var isBySystemTime: Bool { method.uppercased().hasPrefix("SYSTEM_TIME") }
}

extension Partitioning.Partition {
    /// Servers compare the names of partitions regardless of letter case.
    var key: String { name.lowercased() }

    /// The values of a LIST partition, as printed; nil for any other, and for its `DEFAULT`.
    var listed: [String]? {
        guard let values, values.hasPrefix("VALUES IN ("), values.hasSuffix(")") else { return nil }
        return Self.parts(of: values.dropFirst(11).dropLast())
    }

    /// The partition with the values of its list sorted: their order means nothing.
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

    /// `text`, split at the commas outside of quotes and parentheses.
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
