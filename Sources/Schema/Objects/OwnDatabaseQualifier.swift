import Glibc

/// Removes the name of an object's own database, which servers print in definitions.
package enum OwnDatabaseQualifier {
    /// `text` without `` `database`. `` before the names of tables, columns and functions.
    ///
    /// A table's alias may be spelled like the database. Where one is, only qualifiers that cannot
    /// be an alias are removed: the first of three names, and the name before a function.
    package static func removed(
        _ database: String, from text: String, _ settings: CreationSettings? = nil
    ) -> String {
        guard text.contains(SQL.identifier(database)) else { return text }
        var copy = text
        let ranges: [Range<Int>] = copy.withUTF8 { bytes in
            Self.ranges(of: database, in: bytes, settings)
        }
        var bytes = Array(text.utf8)
        for range in ranges.reversed() { bytes.removeSubrange(range) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes of a `SHOW CREATE TABLE` with no database before a sequence in a default:
    /// `` nextval(`shop`.`numbers`) `` becomes `` nextval(`numbers`) ``.
    package static func removedFromDefaults(
        _ database: String, of text: UnsafeBufferPointer<UInt8>
    ) -> [UInt8]? {
        // Few tables use a sequence: those that do are found without lexing.
        guard mentionsSequence(text), let tokens = ObjectHeader.tokens(of: text) else {
            return nil
        }
        let places = tokens.indices.dropLast(4).filter { index in
            tokens[index].kind == .word
                && (Keyword.spells(text, tokens[index].range, "NEXTVAL")
                    || Keyword.spells(text, tokens[index].range, "LASTVAL"))
                && tokens[index + 2].kind == .quotedName
                && Unquoted.name(text, tokens[index + 2].range) == database
                && text[tokens[index + 3].start] == UInt8(ascii: ".")
        }
        var bytes = Array(text)
        for place in places.reversed() {
            bytes.removeSubrange(tokens[place + 2].start..<tokens[place + 4].start)
        }
        return bytes
    }

    /// Whether the text has `nextval(` or `lastval(`.
    private static func mentionsSequence(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress else { return false }
        var start = 0
        while let found = memchr(base + start, Int32(UInt8(ascii: "(")), text.count - start) {
            let place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            let isCall =
                place >= 3 && text[place - 1] == UInt8(ascii: "l")
                && text[place - 2] == UInt8(ascii: "a") && text[place - 3] == UInt8(ascii: "v")
            if isCall { return true }
            start = place + 1
        }
        return false
    }

    private static func ranges(
        of database: String, in bytes: UnsafeBufferPointer<UInt8>, _ settings: CreationSettings?
    ) -> [Range<Int>] {
        guard let tokens = ObjectHeader.tokens(of: bytes, settings) else { return [] }
        func isSymbol(_ index: Int, _ symbol: Unicode.Scalar) -> Bool {
            index >= 0 && index < tokens.count && tokens[index].kind == .symbol
                && bytes[tokens[index].start] == UInt8(ascii: symbol)
        }
        let places: [Int] = tokens.indices.filter { index in
            tokens[index].kind == .quotedName && !isSymbol(index - 1, ".")
                && Unquoted.name(bytes, tokens[index].range) == database
        }
        let hasAlias = places.contains { !isSymbol($0 + 1, ".") }
        return places.filter { index in
            guard isSymbol(index + 1, "."), index + 2 < tokens.count else { return false }
            return !hasAlias || isSymbol(index + 3, ".") || isSymbol(index + 3, "(")
        }.map { tokens[$0].start..<tokens[$0 + 2].start }
    }
}
