import Schema

/// Rules about one column at a time.
enum ColumnRules {
    static let autoIncrementUnfit = Rule(
        .autoIncrementUnfit, .warning,
        "An AUTO_INCREMENT column that is signed or small runs out of numbers, and one that no "
            + "key begins with is refused",
        remedy: "make it `bigint unsigned` and the first column of a key"
    ) { context in
        context.source.columns.filter(\.isAutoIncrement).flatMap { column -> [Issue] in
            let title = "the AUTO_INCREMENT column `\(column.name)` of `\(context.name)`"
            var issues: [Issue] = []
            if let fault = fault(ofCounter: ColumnShape(column)) {
                issues.append(
                    Issue(
                        "\(title) is \(column.typeText), \(fault)", at: column.location,
                        column: column.name))
            }
            let isFirst = context.source.keys.contains {
                $0.parts.first?.text.lowercased() == column.name.lowercased()
            }
            if !isFirst {
                issues.append(
                    Issue(
                        "\(title) is not the first column of a key", at: column.location,
                        column: column.name, remedy: "make it the first column of a key"))
            }
            return issues
        }
    }

    /// What is wrong with the type of a counter; nil for 8 bytes, and for 4 bytes unsigned.
    private static func fault(ofCounter shape: ColumnShape) -> String? {
        guard case .integer(let bytes, let isUnsigned) = shape else {
            return "which is no whole number"
        }
        let highest = UInt64.max >> UInt64(64 - bytes * 8 + (isUnsigned ? 0 : 1))
        return bytes == 8 || bytes == 4 && isUnsigned ? nil : "which ends at \(highest)"
    }

    static let floatMoney = Rule(
        .floatMoney, .warning, "FLOAT and DOUBLE cannot hold cents: sums of money come out wrong",
        remedy: "use `decimal`, or whole cents in a `bigint`"
    ) { context in
        context.source.columns.compactMap { column in
            guard case .float = ColumnShape(column), isMoney(column.name) else { return nil }
            return Issue(
                "the column `\(column.name)` of `\(context.name)` is \(column.typeText), and its "
                    + "name says money", at: column.location, column: column.name)
        }
    }

    private static let moneyWords: Set = [
        "amount", "balance", "bonus", "budget", "charge", "cost", "credit", "debit", "deposit",
        "discount", "fare", "fee", "income", "money", "paid", "payment", "payout", "price",
        "refund", "revenue", "salary", "subtotal", "tax", "tip", "total", "turnover", "vat", "wage",
    ]

    /// Whether a word of `name`, in `snake_case` or `camelCase`, means money.
    private static func isMoney(_ name: String) -> Bool {
        var words: [String] = [""]
        for character in name {
            if character == "_" || character.isUppercase { words.append("") }
            if character != "_" { words[words.count - 1] += character.lowercased() }
        }
        // A name in capitals would be split into single letters.
        let whole = name.lowercased().split(separator: "_").map(String.init)
        return (words + whole).contains { word in
            ["", "s", "es"].contains { ending in
                word.hasSuffix(ending) && moneyWords.contains(String(word.dropLast(ending.count)))
            }
        }
    }

    static let zeroDate = Rule(
        .zeroDate, .error,
        "A date with a zero month or day is no date: servers in strict mode refuse it",
        remedy: "make the column nullable with DEFAULT NULL, or choose a real date"
    ) { context in
        context.source.columns.compactMap { column in
            guard let value = column.defaultValue, isTemporal(ColumnShape(column)),
                isZeroDate(value.text)
            else { return nil }
            return Issue(
                "the column `\(column.name)` of `\(context.name)` has the default \(value.text)",
                at: value.location, column: column.name)
        }
    }

    private static func isTemporal(_ shape: ColumnShape) -> Bool {
        switch shape {
        case .date, .dateTime, .timestamp: true
        default: false
        }
    }

    /// `0`, `'0000-00-00 …'` or `'2020-00-00'`, with or without the type's keyword before it.
    private static func isZeroDate(_ text: String) -> Bool {
        let quoted = text.drop { $0 != "'" && $0 != "\"" }
        guard !quoted.isEmpty else { return text.allSatisfy { $0 == "0" } }
        let inner = quoted.dropFirst().prefix { $0 != "'" && $0 != "\"" }
        let date = inner.prefix { $0 != " " && $0 != "T" }
        let parts = date.split { !$0.isNumber }
        guard parts.count == 3 else {
            return !date.isEmpty && date.allSatisfy { $0 == "0" }
        }
        return parts[1].allSatisfy { $0 == "0" } || parts[2].allSatisfy { $0 == "0" }
    }
}
