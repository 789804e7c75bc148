/// Finds one pattern for many shards that are numbered without a gap.
enum NumberedShards {
    /// Fewer shards are easier to read as a list.
    static let fewest = 4

    /// The pattern; nil where none matches exactly these shards, each with its own name as its
    /// database.
    static func pattern(of shards: [ImportReport.Shard]) -> String? {
        guard shards.count >= fewest, shards.allSatisfy({ $0.name == $0.database }) else {
            return nil
        }
        let names = shards.map(\.name)
        let prefix = commonPrefix(names)
        let endings = names.map { $0.dropFirst(prefix.count) }
        let radix = endings.contains { $0.contains(where: \.isLetter) } ? 16 : 10
        guard endings.allSatisfy({ $0.allSatisfy(isDigit) && !$0.isEmpty && $0.count <= 8 })
        else { return nil }
        let widths = Set(endings.map(\.count))
        // Numbers of different lengths are matched only without leading zeros.
        guard widths.count == 1 || endings.allSatisfy({ !$0.hasPrefix("0") || $0.count == 1 })
        else { return nil }
        let numbers = endings.compactMap { ending in
            Int(ending, radix: radix).map { (number: $0, text: ending) }
        }.sorted { $0.number < $1.number }
        guard numbers.count == shards.count, let first = numbers.first, let last = numbers.last,
            last.number - first.number + 1 == numbers.count,
            zip(numbers, numbers.dropFirst()).allSatisfy({ $0.number + 1 == $1.number }),
            radix == 10 || (first.text + last.text).contains(where: \.isLetter)
        else { return nil }
        return "\(prefix){\(first.text)..\(last.text)}"
    }

    /// The common beginning of all names, without any digit of the numbers they end with.
    private static func commonPrefix(_ names: [String]) -> String {
        var common = names.first ?? ""
        for name in names.dropFirst() {
            common = String(zip(common, name).prefix { $0 == $1 }.map(\.0))
        }
        return String(common.reversed().drop { ("0"..."9").contains($0) }.reversed())
    }

    /// Whether it is a hexadecimal digit in lower case.
    private static func isDigit(_ character: Character) -> Bool {
        ("0"..."9").contains(character) || ("a"..."f").contains(character)
    }
}
