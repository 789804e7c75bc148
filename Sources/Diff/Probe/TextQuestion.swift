import Schema

/// Text that another character set or collation does not take, or takes for equal.
struct TextQuestion {
    let name: String
    /// The table after the statement.
    let after: Table
    let columns: LiveColumns

    /// Nil where nothing can be in the way.
    func question() throws(NotAsked) -> DataQuestion? {
        guard let column = after.columns.first(where: { $0.name == name }) else { return nil }
        let old = try columns.source(of: column, in: after)
        guard let new = after.effectiveCharacterSet(of: column),
            let former = columns.live.effectiveCharacterSet(of: old)
        else { throw NotAsked("column `\(name)` gets another type in the same change") }
        try requireNoExpression(over: name)
        let table = SQL.identifier(columns.live.name)
        var parts: [DataQuestion] = []
        var conditions: [String] = []
        func add(_ sought: String, _ condition: String) {
            conditions.append(condition)
            parts.append(DataQuestion(sought: sought, rowsOf: table, where: condition))
        }
        if new.name != former.name {
            let text = SQL.identifier(old.name)
            add(
                "characters that \(new.name) does not have",
                Self.lost(text, from: former, to: new))
            if let limit = byteLimit(column) {
                add("values that get too long", ValueTest.bytes(of: text, in: new, over: limit))
            }
        }
        for index in after.indexes
        where (index.kind == .unique || index.kind == .primary) && index.uses(name) {
            let unique = UniqueQuestion(index: index, after: after, columns: columns)
            guard let groups = try unique.groups() else { continue }
            conditions.append(UniqueQuestion.condition(groups, in: table))
            parts.append(
                UniqueQuestion.question(
                    "values that become equal in index \(SQL.identifier(index.label))", groups,
                    in: table))
        }
        guard let first = parts.first else { return nil }
        let condition = conditions.joined(separator: " OR ")
        return DataQuestion(
            sought: "\(Self.list(parts.map(\.sought))), of column \(SQL.identifier(name))",
            sql: parts.count == 1
                ? first.sql : "SELECT 1 FROM \(table) WHERE \(condition) LIMIT 1",
            look: parts.map(\.look).joined(separator: "; "))
    }

    /// Throws where a check or a generated column uses the column: it may give another result for
    /// the same text.
    private func requireNoExpression(over name: String) throws(NotAsked) {
        let texts =
            after.checks.filter(\.isEnforced).map(\.expression)
            + after.columns.compactMap { $0.check ?? $0.generated?.expression }
        guard !texts.contains(where: { ExpressionText.mentions(name, in: $0) }) else {
            throw NotAsked("an expression over `\(name)` may come out otherwise")
        }
    }

    /// True for text that does not come back from the new character set as it was.
    private static func lost(
        _ column: String, from old: CharacterSet, to new: CharacterSet
    ) -> String {
        "CAST(CONVERT(CONVERT(\(column) USING \(new.name)) USING \(old.name)) AS BINARY) "
            + "<> CAST(\(column) AS BINARY)"
    }

    /// The most bytes that the column holds, where its type counts bytes.
    private func byteLimit(_ column: Column) -> Int? {
        guard let capacity = StringCapacity(ColumnType(column.type), bytesPerCharacter: 1),
            capacity.isBlob
        else { return nil }
        return capacity.bytes
    }

    private static func list(_ words: [String]) -> String {
        words.count < 2
            ? words.joined()
            : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
}
