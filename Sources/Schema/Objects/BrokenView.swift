/// The text of a view of MySQL that rests on something that is gone.
///
/// Such a view is shown as it is stored, where `exists(…)` in a condition is followed by `is true`
/// and `(not exists(…))` by `is false`. While it is whole neither is ever shown, whatever was
/// written: a view that breaks on the way to its next text would be taken for another one.
package enum BrokenView {
    /// `text` as the server shows it while all is there.
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

    /// What a parenthesis holds.
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
                // `(not exists(…))` and nothing else within.
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
