import Schema

/// Rows for which a new partitioning has no partition.
struct PartitionQuestion {
    let partitioning: Partitioning
    /// The table after the statement.
    let after: Table
    let columns: LiveColumns

    /// Nil where every row has a partition, whatever it holds.
    func question() throws(NotAsked) -> DataQuestion? {
        let words = partitioning.method.split(separator: "(", maxSplits: 1)
        let kind = words.first?.split(separator: " ").map { $0.uppercased() } ?? []
        switch kind.first {
        case "RANGE": return try range(try expression(kind))
        case "LIST": return try list(try expression(kind))
        case "HASH", "KEY", "LINEAR": return nil
        default: throw NotAsked("no query tells which rows have no partition")
        }
    }

    /// The expression that decides about the partition of a row, over the live columns.
    private func expression(_ kind: [String]) throws(NotAsked) -> String {
        let method = partitioning.method
        guard let open = method.firstIndex(of: "("), let close = method.lastIndex(of: ")"),
            open < close
        else { throw NotAsked("no query tells which rows have no partition") }
        let inner = String(method[method.index(after: open)..<close])
        if kind.contains("COLUMNS"), inner.contains(",") {
            throw NotAsked("no query tells which rows have no partition of several columns")
        }
        return "(\(try columns.expression(inner, of: after)))"
    }

    private func range(_ value: String) throws(NotAsked) -> DataQuestion? {
        let last = partitioning.partitions.last?.values ?? ""
        if last.uppercased().contains("MAXVALUE") { return nil }
        guard let limit = Self.behind("LESS THAN", in: last) else {
            throw NotAsked("no query tells which rows have no partition")
        }
        return question(where: "\(value) >= \(limit)")
    }

    private func list(_ value: String) throws(NotAsked) -> DataQuestion? {
        var values: [String] = []
        for partition in partitioning.partitions {
            let text = partition.values ?? ""
            if text.uppercased().hasSuffix("DEFAULT") { return nil }
            guard let list = Self.behind("IN", in: text) else {
                throw NotAsked("no query tells which rows have no partition")
            }
            values += ColumnType("list\(list)").arguments
        }
        let some = values.filter { $0.uppercased() != "NULL" }
        var conditions = some.isEmpty ? [] : ["\(value) NOT IN (\(some.joined(separator: ", ")))"]
        if some.count == values.count {
            conditions.append("\(value) IS NULL")
        } else if some.isEmpty {
            conditions.append("\(value) IS NOT NULL")
        }
        return question(where: conditions.joined(separator: " OR "))
    }

    private func question(where condition: String) -> DataQuestion {
        DataQuestion(
            sought: "rows without a partition", rowsOf: SQL.identifier(columns.live.name),
            where: condition)
    }

    /// The parenthesised list behind `word`.
    private static func behind(_ word: String, in text: String) -> String? {
        guard let place = text.range(of: "\(word) ("), text.hasSuffix(")") else { return nil }
        return String(text[text.index(before: place.upperBound)...])
    }
}
