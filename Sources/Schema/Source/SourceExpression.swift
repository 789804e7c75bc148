/// An expression of a `CREATE TABLE`, or a clause without a model of its own, as tokens: two
/// spellings of the same can be told from two different expressions.
package struct SourceExpression: Hashable, Sendable {
    /// A token with its quotes and letter case resolved.
    package enum Token: Hashable, Sendable {
        /// A keyword or a name without quotes, in lower case.
        case word(String)
        /// A name between backticks, unquoted.
        case name(String)
        /// A string literal, unquoted, with escapes resolved.
        case string(String)
        case number(String)
        case symbol(String)
    }

    /// As written, with one blank for each run of white space and comments.
    package var text: String
    package var tokens: [Token]

    package init(text: String, tokens: [Token]) {
        self.text = text
        self.tokens = tokens
    }
}

extension TokenCursor {
    /// Takes the tokens between the current parentheses; moves behind them.
    mutating func takeExpression() -> SourceExpression {
        let first = index + 1
        skipGroup()
        return expression(first..<max(first, index - 1))
    }

    /// The tokens at these places.
    func expression(_ range: Range<Int>) -> SourceExpression {
        let range = range.clamped(to: 0..<tokens.count)
        var text = ""
        var end = range.isEmpty ? 0 : tokens[range.lowerBound].start
        for token in tokens[range] {
            if token.start > end { text += " " }
            text += source.text(token.range)
            end = token.end
        }
        return SourceExpression(text: text, tokens: tokens[range].map(part))
    }

    private func part(_ token: Token) -> SourceExpression.Token {
        switch token.kind {
        case .word: .word(source.text(token.range).lowercased())
        case .quotedName: .name(Unquoted.name(source.bytes, token.range))
        case .string: .string(StringLiteral.value(source.text(token.range)))
        case .number: .number(source.text(token.range).lowercased())
        case .symbol, .versionOpen, .versionClose, .delimiter, .end:
            .symbol(source.text(token.range))
        }
    }
}

/// Reads string literals.
package enum StringLiteral {
    /// The value of a literal between `'` or `"`: doubled quotes halved, escapes resolved.
    package static func value(_ literal: String) -> String {
        guard let quote = literal.unicodeScalars.first, quote == "'" || quote == "\"" else {
            return literal
        }
        var value = String.UnicodeScalarView()
        var rest = literal.unicodeScalars.dropFirst().dropLast()
        while let scalar = rest.popFirst() {
            if scalar == quote {
                _ = rest.popFirst()
                value.append(quote)
            } else if scalar == "\\", let escaped = rest.popFirst() {
                switch escaped {
                case "n": value.append("\n")
                case "t": value.append("\t")
                case "r": value.append("\r")
                case "b": value.append("\u{8}")
                case "0": value.append("\0")
                case "Z": value.append("\u{1A}")
                // `\%` and `\_` keep their backslash, which LIKE needs.
                case "%", "_":
                    value.append("\\")
                    value.append(escaped)
                default: value.append(escaped)
                }
            } else {
                value.append(scalar)
            }
        }
        return String(value)
    }
}
