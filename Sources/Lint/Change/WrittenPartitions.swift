import Schema

/// Reads the clause after `PARTITION BY`.
struct WrittenPartitions {
    private(set) var partitioning: Partitioning
    /// Partitions with computed values, which a server prints in another form.
    private(set) var computed: Set<String> = []

    private var tokens: ArraySlice<SourceExpression.Token>
    private let columns: [String: String]

    init(_ expression: SourceExpression, columns: [String: String]) {
        tokens = expression.tokens[...]
        self.columns = columns
        partitioning = Partitioning(method: "")
        let stops: Set = ["partitions", "subpartition", "subpartitions"]
        partitioning.method = method(until: stops)
        if take("partitions") { partitioning.count = number() }
        if take("subpartition") {
            _ = take("by")
            var text = method(until: stops)
            if take("subpartitions"), let count = number() { text += " SUBPARTITIONS \(count)" }
            partitioning.subpartitioning = text
        }
        if tokens.first == .symbol("(") {
            for part in Self.split(group()) { read(part) }
        }
        countNamelessOnes()
    }

    /// Servers create partitions `p0`, `p1`, … without values when only their number is given.
    private mutating func countNamelessOnes() {
        let method = partitioning.method.replacing("LINEAR ", with: "")
        guard method.hasPrefix("HASH") || method.hasPrefix("KEY") else { return }
        let names = partitioning.partitions.map { $0.name.lowercased() }
        let isPlain =
            names == names.indices.map { "p\($0)" }
            && partitioning.partitions.allSatisfy { $0.subpartitions == nil }
        guard isPlain else { return }
        partitioning.count = partitioning.count ?? max(1, names.count)
        partitioning.partitions = []
    }

    /// Reads the method, such as `RANGE COLUMNS (`day`)`, up to the list of partitions or one of
    /// the words.
    private mutating func method(until stops: Set<String>) -> String {
        var words: [String] = []
        while let token = tokens.first {
            if case .word(let word) = token {
                if stops.contains(word) { break }
                words.append(word.uppercased())
                tokens.removeFirst()
            } else if token == .symbol("(") {
                if tokens.dropFirst().first == .word("partition") { break }
                words.append("(\(text(group())))")
            } else {
                words.append(text([token]))
                tokens.removeFirst()
            }
        }
        return words.joined(separator: " ")
    }

    private mutating func read(_ part: [SourceExpression.Token]) {
        var words = part[...]
        guard words.popFirst() == .word("partition"), let name = Self.name(words.popFirst()) else {
            return
        }
        var partition = Partitioning.Partition(name: name)
        if words.popFirst() == .word("values") {
            let isList = words.popFirst() == .word("in")
            if !isList { _ = words.popFirst() }
            var rest = WrittenPartitions(rest: words, columns: columns)
            let isOpenEnd = rest.take("maxvalue")
            let values = isOpenEnd ? [SourceExpression.Token.word("maxvalue")] : rest.group()
            let list = text(values)
            partition.values =
                list == "maxvalue"
                ? "VALUES LESS THAN MAXVALUE" : "VALUES \(isList ? "IN" : "LESS THAN") (\(list))"
            if Self.hasFunction(values) { computed.insert(name) }
        }
        // The rest: options, which do not move rows, and the names of subpartitions.
        if let place = part.lastIndex(of: .word("subpartition")), place > 0 {
            partition.subpartitions = part.filter { $0 == .word("subpartition") }.count.description
        }
        partitioning.partitions.append(partition)
    }

    private init(rest: ArraySlice<SourceExpression.Token>, columns: [String: String]) {
        tokens = rest
        self.columns = columns
        partitioning = Partitioning(method: "")
    }

    // MARK: Tokens

    private mutating func take(_ word: String) -> Bool {
        guard tokens.first == .word(word) else { return false }
        tokens.removeFirst()
        return true
    }

    private mutating func number() -> Int? {
        guard case .number(let text)? = tokens.first else { return nil }
        tokens.removeFirst()
        return Int(text)
    }

    /// The tokens in the next parentheses; continues after them.
    private mutating func group() -> [SourceExpression.Token] {
        var depth = 0
        var result: [SourceExpression.Token] = []
        while let token = tokens.popFirst() {
            if token == .symbol("(") { depth += 1 }
            if token == .symbol(")") { depth -= 1 }
            if depth == 0 { break }
            result.append(token)
        }
        return Array(result.dropFirst())
    }

    private func text(_ tokens: [SourceExpression.Token]) -> String {
        WrittenExpression.text(
            SourceExpression(text: "", tokens: tokens), columns: columns)
    }

    private static func name(_ token: SourceExpression.Token?) -> String? {
        switch token {
        case .word(let text), .name(let text), .string(let text), .number(let text): text
        case .symbol, nil: nil
        }
    }

    private static func hasFunction(_ tokens: [SourceExpression.Token]) -> Bool {
        zip(tokens, tokens.dropFirst()).contains { word, next in
            guard case .word = word else { return false }
            return next == .symbol("(")
        }
    }

    /// The parts between commas that are not in parentheses.
    private static func split(_ tokens: [SourceExpression.Token]) -> [[SourceExpression.Token]] {
        var parts: [[SourceExpression.Token]] = [[]]
        var depth = 0
        for token in tokens {
            if token == .symbol("(") { depth += 1 }
            if token == .symbol(")") { depth -= 1 }
            if depth == 0, token == .symbol(",") {
                parts.append([])
            } else {
                parts[parts.count - 1].append(token)
            }
        }
        return parts
    }
}
