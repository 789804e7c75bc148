import Schema

/// Expressions in a normal form, as far as spellings mean the same on every server.
enum WrittenExpression {
    /// `expression` with keywords in lower case, the names of `columns` in backticks as defined,
    /// and synonyms of functions replaced by one name.
    ///
    /// - Parameter columns: by name in lower case.
    static func text(_ expression: SourceExpression, columns: [String: String]) -> String {
        var words = self.words(expression.tokens, columns)
        while isWrapped(words) { words = Array(words.dropFirst().dropLast()) }
        return joined(words)
    }

    /// The text without anything that may only be grouping. Two expressions that are equal in this
    /// form may mean the same; only a server could tell.
    static func loose(_ text: String) -> String {
        String(text.lowercased().filter { !"() ".contains($0) })
    }

    private static func words(
        _ tokens: [SourceExpression.Token], _ columns: [String: String]
    ) -> [String] {
        var words: [String] = []
        for (place, token) in tokens.enumerated() {
            let next = place + 1 < tokens.count ? tokens[place + 1] : nil
            switch token {
            case .word(let word): words += self.words(word, next, columns)
            case .name(let name):
                words.append(SQL.identifier(columns[name.lowercased()] ?? name.lowercased()))
            case .string(let value): words.append(SQL.literal(value))
            case .number(let number): words.append(number)
            case .symbol(let symbol): append(symbol, to: &words)
            }
        }
        return words
    }

    private static func words(
        _ word: String, _ next: SourceExpression.Token?, _ columns: [String: String]
    ) -> [String] {
        if word.hasPrefix("_"), case .string? = next { return [] }
        if let column = columns[word], next != .symbol("(") { return [SQL.identifier(column)] }
        return [synonyms[word] ?? word]
    }

    /// Joins two symbols that are one operator, and drops the parentheses after a clock function.
    private static func append(_ symbol: String, to words: inout [String]) {
        let last = words.last ?? ""
        switch last + symbol {
        case "!=": words[words.count - 1] = "<>"
        case "<>", "<=", ">=", "<<", ">>": words[words.count - 1] = last + symbol
        case "&&": words[words.count - 1] = "and"
        case "||": words[words.count - 1] = "or"
        default:
            if symbol == ")", last == "(", words.count > 1,
                clocks.contains(words[words.count - 2])
            {
                words.removeLast()
            } else {
                words.append(symbol)
            }
        }
    }

    private static let clocks: Set = ["current_timestamp", "current_date", "current_time"]

    private static let synonyms = [
        "now": "current_timestamp", "localtime": "current_timestamp",
        "localtimestamp": "current_timestamp", "curdate": "current_date",
        "curtime": "current_time", "substr": "substring", "mid": "substring",
        "ceiling": "ceil", "power": "pow", "lcase": "lower", "ucase": "upper",
        "character_length": "char_length", "octet_length": "length", "day": "dayofmonth",
        "regexp": "rlike", "mod": "%",
    ]

    /// Whether the first parenthesis is closed by the last word.
    private static func isWrapped(_ words: [String]) -> Bool {
        guard words.count > 2, words.first == "(", words.last == ")" else { return false }
        var depth = 0
        for (place, word) in words.enumerated() {
            if word == "(" { depth += 1 }
            if word == ")" { depth -= 1 }
            if depth == 0 { return place == words.count - 1 }
        }
        return false
    }

    private static func joined(_ words: [String]) -> String {
        var text = ""
        for (place, word) in words.enumerated() {
            let previous = place > 0 ? words[place - 1] : "("
            let isTight =
                previous == "(" || word == ")" || word == "," || word == "." || previous == "."
                || word == "(" && isFunction(previous)
            text += (isTight ? "" : " ") + word
        }
        return text
    }

    private static func isFunction(_ word: String) -> Bool {
        let first = word.unicodeScalars.first ?? " "
        return first.properties.isAlphabetic && !["in", "and", "or", "not"].contains(word)
    }
}

/// Default values in the form in which MariaDB prints them, as far as hazards depend on it.
enum WrittenDefault {
    /// The value after `DEFAULT`; a literal without its parentheses and character set introducer.
    static func text(_ written: String) -> String {
        var text = written
        while text.hasPrefix("("), text.hasSuffix(")"), isLiteral(text.dropFirst().dropLast()) {
            text = String(text.dropFirst().dropLast())
        }
        if text.hasPrefix("_"), let quote = text.firstIndex(where: { $0 == "'" || $0 == "\"" }) {
            text = String(text[quote...])
        }
        if let first = text.first, first == "'" || first == "\"" {
            return SQL.literal(StringLiteral.value(text))
        }
        let name = text.lowercased().prefix { $0 != "(" }
        if ["now", "localtime", "localtimestamp", "current_timestamp"].contains(name) {
            return "current_timestamp()"
        }
        return text.lowercased() == "null" ? "NULL" : text
    }

    private static func isLiteral(_ text: Substring) -> Bool {
        if let quote = text.first, quote == "'" || quote == "\"" {
            return !text.dropFirst().dropLast().contains(quote)
        }
        return !text.isEmpty
            && (text.lowercased() == "null"
                || text.allSatisfy { $0.isNumber || ".+-".contains($0) })
    }
}
