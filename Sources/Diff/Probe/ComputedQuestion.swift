import Schema

/// Rows for which the server cannot compute a value, or not one that its column holds.
struct ComputedQuestion {
    /// The table after the statement.
    let after: Table
    let columns: LiveColumns

    /// Asks for rows on which a strict server fails; `place` is what the values are for.
    func question(
        _ computed: [Column], _ expressions: [String], for place: String
    ) throws(NotAsked) -> DataQuestion? {
        var conditions = try self.conditions(of: computed)
        for text in expressions {
            guard !text.lowercased().hasSuffix(" array)") else {
                throw NotAsked("no query tells which values an array holds")
            }
            conditions.append(Self.evaluating(try columns.expression(text, of: after)))
        }
        guard !conditions.isEmpty else { return nil }
        var question = DataQuestion(
            sought: "rows for which \(place) cannot be computed",
            rowsOf: SQL.identifier(columns.live.name), where: conditions.joined(separator: " OR ")
        )
        question.heedsWarnings = true
        question.look += "; SHOW WARNINGS"
        return question
    }

    /// What is true for a row on which one of the columns cannot be computed.
    func conditions(of computed: [Column]) throws(NotAsked) -> [String] {
        var result: [String] = []
        for column in computed { result += try conditions(column) }
        return result
    }

    /// A condition that is false for every row, and makes the server compute the value.
    static func evaluating(_ value: String) -> String { "LENGTH(\(value)) < 0" }

    private func conditions(_ column: Column) throws(NotAsked) -> [String] {
        guard let text = column.generated?.expression else { return [] }
        let value = "(\(try columns.expression(text, of: after)))"
        let type = ColumnType(column.type)
        var result = Self.unfit(value, type, after.effectiveCharacterSet(of: column))
        if column.isNotNull { result.append("\(value) IS NULL") }
        return result
    }

    /// The conditions under which a column of `type` does not take `value`.
    private static func unfit(
        _ value: String, _ type: ColumnType, _ set: CharacterSet?
    ) -> [String] {
        if type.name != "bit", let range = NumberRange(type) {
            let whole = "ROUND(\(value))"
            return ["\(whole) > \(range.maximum)", "\(whole) < \(range.minimum)"]
        }
        if let digits = Decimals(type) {
            let limit = "1" + String(repeating: "0", count: digits.integerDigits)
            let sign = digits.isUnsigned ? ["\(value) < 0"] : []
            return ["ABS(ROUND(\(value), \(digits.scale))) >= \(limit)"] + sign
        }
        if let capacity = StringCapacity(type, bytesPerCharacter: set?.bytesPerCharacter ?? 1) {
            if capacity.isBlob {
                return [ValueTest.bytes(of: value, in: set, over: capacity.bytes)]
            }
            return capacity.isBinary
                ? ["LENGTH(\(value)) > \(capacity.bytes)"]
                : ["CHAR_LENGTH(TRIM(TRAILING ' ' FROM \(value))) > \(capacity.characters)"]
        }
        return [evaluating(value)]
    }
}
