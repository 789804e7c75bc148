/// The text that MySQL shows of a view whose tables, columns or functions are gone.
///
/// MySQL then prints the stored text without resolving it, in which `is true` follows `exists(…)`
/// in a condition and `is false` follows `(not exists(…))`. Of a view that works it never prints
/// either. A view that a rollout breaks for a moment must not look like a changed one.
package enum BrokenView {
    /// `text` as the server prints it while everything that the view names exists.
    package static func mended(_ text: String) -> String {
        guard text.contains(") is true") || text.contains(") is false") else { return text }
        var copy = text
        let ranges: [Range<Int>] = copy.withUTF8 { bytes in
            guard let tokens = ObjectHeader.tokens(of: bytes) else { return [] }
            return Self.ranges(
                TokenCursor(tokens, in: SourceText(bytes: bytes, file: "")))
        }
        return ObjectDefinition.text(text, without: ranges)
    }

    /// What stands between two parentheses.
    private enum Group {
        case exists
        case notExists
        case other
    }

    private static func ranges(_ start: TokenCursor) -> [Range<Int>] {
        var cursor = start
        var groups: [Group] = []
        var previous: (group: Group, end: Int)?
        var result: [Range<Int>] = []
        var isAfterExists = false
        while let token = cursor.token {
            if cursor.at(symbol: "(") {
                let isNot = cursor.at("NOT", ahead: 1) && cursor.at("EXISTS", ahead: 2)
                groups.append(isAfterExists ? .exists : isNot ? .notExists : .other)
            } else if cursor.at(symbol: ")"), var group = groups.popLast() {
                // `(not exists(…))` with nothing else between the parentheses.
                let isWhole = previous?.group == .exists && previous?.end == token.start
                if group == .notExists, !isWhole { group = .other }
                previous = (group, token.end)
                let isShown =
                    group == .exists && cursor.at("TRUE", ahead: 2)
                    || group == .notExists && cursor.at("FALSE", ahead: 2)
                if isShown, cursor.at("IS", ahead: 1) {
                    result.append(token.end..<cursor.end(ahead: 2))
                }
            }
            isAfterExists = cursor.at("EXISTS")
            cursor.advance()
        }
        return result
    }
}

extension TokenCursor {
    fileprivate func end(ahead: Int) -> Int { tokens[index + ahead].end }
}
