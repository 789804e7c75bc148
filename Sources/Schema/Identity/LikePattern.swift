/// Patterns of SQL's `LIKE` with `\` as the escape character, as grants on databases use them.
package enum LikePattern {
    /// Whether `pattern` matches the whole of `text`.
    package static func matches(_ text: String, pattern: String) -> Bool {
        matches(Array(text.unicodeScalars)[...], Array(pattern.unicodeScalars)[...])
    }

    private static func matches(
        _ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>
    ) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case "%":
            return (text.startIndex...text.endIndex).contains {
                matches(text[$0...], pattern.dropFirst())
            }
        case "_":
            return !text.isEmpty && matches(text.dropFirst(), pattern.dropFirst())
        default:
            let isEscape = first == "\\" && pattern.count > 1
            let rest = isEscape ? pattern.dropFirst() : pattern
            return text.first == rest.first && matches(text.dropFirst(), rest.dropFirst())
        }
    }

    /// The text before the first wildcard, without escapes, and whether there is no wildcard.
    package static func literalHead(of pattern: String) -> (text: String, isWhole: Bool) {
        var head = ""
        var isEscaped = false
        for scalar in pattern.unicodeScalars {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
                continue
            } else if scalar == "%" || scalar == "_" {
                return (head, false)
            }
            head.unicodeScalars.append(scalar)
        }
        return (head, true)
    }
}
