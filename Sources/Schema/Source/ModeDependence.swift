/// SQL modes under which the same text means something else. See
/// https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html.
package enum ModeDependence: String, CaseIterable, Sendable {
    /// A backslash in a string is an escape or a character.
    case backslash = "NO_BACKSLASH_ESCAPES"
    /// `"…"` is a string or a name.
    case doubleQuote = "ANSI_QUOTES"
    /// `||` concatenates or is OR.
    case pipes = "PIPES_AS_CONCAT"
    /// `''` is an empty string or, on MariaDB, NULL.
    case emptyString = "EMPTY_STRING_IS_NULL"
    /// `NOT a BETWEEN b AND c` negates the whole or only `a`.
    case not = "HIGH_NOT_PRECEDENCE"

    /// The modes on which the text's meaning depends, each with the first byte that does so.
    ///
    /// Where a string or comment never ends under the default mode, the rest is not examined.
    package static func found(in text: String) -> [(mode: ModeDependence, offset: Int)] {
        var copy = text
        return copy.withUTF8 { bytes in
            var lexer = Lexer(bytes)
            var first: [ModeDependence: Int] = [:]
            var previous = Token(kind: .end, start: 0, end: 0)
            while let token = try? lexer.next(), token.kind != .end {
                for mode in modes(of: token, behind: previous, bytes) where first[mode] == nil {
                    first[mode] = mode == .pipes || mode == .not ? previous.start : token.start
                }
                previous = token
            }
            return first.map { (mode: $0.key, offset: $0.value) }
                .sorted { ($0.offset, $0.mode.rawValue) < ($1.offset, $1.mode.rawValue) }
        }
    }

    private static func modes(
        of token: Token, behind previous: Token, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> [ModeDependence] {
        switch token.kind {
        case .string:
            let inner = bytes[token.start + 1..<token.end - 1]
            return (bytes[token.start] == UInt8(ascii: "\"") ? [.doubleQuote] : [])
                + (inner.contains(UInt8(ascii: "\\")) ? [.backslash] : [])
                + (inner.isEmpty ? [.emptyString] : [])
        case .symbol:
            let pipe = UInt8(ascii: "|")
            let isPair =
                bytes[token.start] == pipe && previous.kind == .symbol
                && previous.end == token.start && bytes[previous.start] == pipe
            return isPair ? [.pipes] : []
        case .word, .quotedName, .number:
            guard previous.kind == .word, Keyword.spells(bytes, previous.range, "NOT") else {
                return []
            }
            let word = String(decoding: bytes[token.range], as: UTF8.self).uppercased()
            return token.kind == .word && behindNot.contains(word) ? [] : [.not]
        case .versionOpen, .versionClose, .delimiter, .end:
            return []
        }
    }

    /// Words before which NOT is part of a phrase, not the operator.
    private static let behindNot: Set = [
        "NULL", "EXISTS", "IN", "LIKE", "BETWEEN", "REGEXP", "RLIKE", "ENFORCED", "DETERMINISTIC",
        "PRESERVE", "FOUND", "VISIBLE", "SECONDARY", "INVISIBLE", "IGNORED",
    ]
}

extension ServerProfile {
    /// Whether any text, printed by the server, would mean something else in the mode of its files.
    package func readsOtherwise(_ texts: some Sequence<String>) -> Bool {
        guard let mode = creationMode else { return false }
        let modes = Set(mode.split(separator: ",").map(String.init))
        // That mode has other types and functions.
        if modes.contains("ORACLE") { return true }
        let relevant = ModeDependence.allCases.filter { modes.contains($0.rawValue) }
        return !relevant.isEmpty
            && texts.contains { text in
                ModeDependence.found(in: text).contains { relevant.contains($0.mode) }
            }
    }
}
