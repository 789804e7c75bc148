/// An expression of a `CREATE TABLE`, or another clause without a model of its own, token by
/// token: what only looks different can be told from what is.
package struct SourceExpression: Hashable, Sendable {
    package enum Token: Hashable, Sendable {
        /// A keyword or a name without quotes, in lower case.
        case word(String)
        /// What a name between backticks says.
        case name(String)
        /// What a string says, escapes and quotes resolved.
        case string(String)
        case number(String)
        case symbol(String)
    }

    /// As written, with white space and comments between the tokens as single blanks.
    package var text: String
    package var tokens: [Token]

    package init(text: String, tokens: [Token]) {
        self.text = text
        self.tokens = tokens
    }
}

extension TokenCursor {
    /// The tokens between the current parentheses, which are not among them; steps behind.
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

/// String literals without their quotes.
package enum StringLiteral {
    /// What a literal between `'` or `"` says: doubled quotes halved, escapes resolved.
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
                // What patterns of LIKE escape keeps its mark.
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
