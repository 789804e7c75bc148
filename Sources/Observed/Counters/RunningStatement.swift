/// What a session's statement may do, by the text that the server's list of sessions shows.
enum RunningStatement {
    /// The length up to which texts are asked for: a longer comment in front is not looked behind.
    static let textLength = 512

    /// Whether the statement surely changes no schema.
    ///
    /// The list shows the statement that a routine, an event or several statements sent at once
    /// have come to, and for prepared ones their own text or `EXECUTE`.
    static func isWithoutEffect(_ text: String) -> Bool {
        guard let bytes = behindComments(Array(text.utf8)[...]) else { return false }
        let word = self.word(of: bytes)
        let rest = bytes.dropFirst(word.utf8.count)
        switch word {
        case "BEGIN":
            // Else it may begin a block of statements.
            return ["", "WORK"].contains(following(rest))
        case "START": return following(rest) == "TRANSACTION"
        case "SET":
            // `SET STATEMENT … FOR` runs any statement.
            guard let next = following(rest), !next.isEmpty else { return false }
            return next != "STATEMENT"
        default: return firstWords.contains(word)
        }
    }

    private static let firstWords: Set<String> = [
        "ANALYZE", "CHECKSUM", "COMMIT", "DELETE", "DESC", "DESCRIBE", "DO", "EXPLAIN", "HELP",
        "INSERT", "KILL", "LOAD", "LOCK", "PURGE", "RELEASE", "REPLACE", "ROLLBACK", "SAVEPOINT",
        "SELECT", "SHOW", "UNLOCK", "UPDATE", "USE", "VALUES", "WITH", "XA",
    ]

    /// Nil where a comment does not end, or is one that servers run.
    private static func behindComments(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var text = text
        while true {
            text = text.drop { isSpace($0) || $0 == UInt8(ascii: "(") }
            guard text.starts(with: "/*".utf8) else { return text }
            text = text.dropFirst(2)
            if text.starts(with: "!".utf8) || text.starts(with: "M!".utf8) { return nil }
            guard let end = text.firstRange(of: Array("*/".utf8)) else { return nil }
            text = text[end.upperBound...]
        }
    }

    /// The word that follows after white space, or the bytes of another token; nil where something
    /// else than white space follows.
    private static func following(_ text: ArraySlice<UInt8>) -> String? {
        let next = text.drop(while: isSpace)
        if next.isEmpty || next.first == UInt8(ascii: ";") { return "" }
        guard next.startIndex > text.startIndex else { return nil }
        let word = word(of: next)
        if !word.isEmpty { return word }
        return next.first == UInt8(ascii: "@") ? "@" : nil
    }

    private static func word(of text: ArraySlice<UInt8>) -> String {
        String(decoding: text.prefix(while: isOfWord), as: UTF8.self).uppercased()
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (9...13).contains(byte)
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || byte >= 0x80
    }
}
