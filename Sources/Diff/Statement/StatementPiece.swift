/// Text of a statement, taken apart from both ends, byte by byte: a name may begin with a mark that
/// belongs to the character before it.
struct StatementPiece {
    private var bytes: ArraySlice<UInt8>

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    init(_ text: String) {
        bytes = Array(text.utf8)[...]
    }

    var string: String { String(decoding: bytes, as: UTF8.self) }
    var isEmpty: Bool { bytes.isEmpty }

    func isExactly(_ words: String) -> Bool { bytes.elementsEqual(words.utf8) }
    func begins(_ words: String) -> Bool { bytes.starts(with: words.utf8) }

    // MARK: From the front

    mutating func take(_ words: String) -> Bool {
        guard begins(words) else { return false }
        bytes.removeFirst(words.utf8.count)
        return true
    }

    /// Takes what stands before the next blank.
    mutating func takeWord() -> String {
        let word = bytes.prefix { $0 != UInt8(ascii: " ") }
        bytes.removeFirst(word.count)
        return String(decoding: word, as: UTF8.self)
    }

    /// Takes how a statement is carried out: `ALGORITHM=…`, `LOCK=…`.
    mutating func takeModifier() -> Bool {
        guard let mark = ["ALGORITHM=", "LOCK="].first(where: begins) else { return false }
        bytes.removeFirst(mark.utf8.count)
        bytes = bytes.drop { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }
        return true
    }

    /// Takes a name between backticks; nil where none stands.
    mutating func takeName() -> String? {
        let quote = UInt8(ascii: "`")
        guard bytes.first == quote else { return nil }
        var name: [UInt8] = []
        var place = bytes.startIndex + 1
        while place < bytes.endIndex {
            if bytes[place] == quote {
                let isDoubled = place + 1 < bytes.endIndex && bytes[place + 1] == quote
                guard isDoubled else {
                    bytes = bytes[(place + 1)...]
                    return String(decoding: name, as: UTF8.self)
                }
                place += 1
            }
            name.append(bytes[place])
            place += 1
        }
        return nil
    }

    // MARK: From the end

    mutating func takeLast(_ words: String) -> Bool {
        guard bytes.suffix(words.utf8.count).elementsEqual(words.utf8) else { return false }
        bytes.removeLast(words.utf8.count)
        return true
    }

    /// Takes a name between backticks with `words` before it; nil where they do not stand there.
    mutating func takeLastName(behind words: String) -> String? {
        guard let last = quotes.last, last.upperBound == bytes.endIndex,
            bytes[last.lowerBound] == UInt8(ascii: "`")
        else { return nil }
        var name = StatementPiece(bytes[last])
        var rest = StatementPiece(bytes[..<last.lowerBound])
        guard rest.takeLast(words), let text = name.takeName(), name.isEmpty else { return nil }
        self = rest
        return text
    }

    // MARK: Within

    /// What stands between commas that are in no parentheses and no quotes, without blanks around.
    var parts: [StatementPiece] {
        guard !bytes.isEmpty else { return [] }
        var (parts, depth, start): ([StatementPiece], Int, Int) = ([], 0, bytes.startIndex)
        var quoted = quotes[...]
        var place = bytes.startIndex
        while place < bytes.endIndex {
            if let quote = quoted.first, quote.lowerBound == place {
                quoted.removeFirst()
                place = quote.upperBound
                continue
            }
            switch bytes[place] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                parts.append(StatementPiece(bytes[start..<place]))
                start = place + 1
            default: break
            }
            place += 1
        }
        return (parts + [StatementPiece(bytes[start...])]).map { part in
            var part = part
            while part.take(" ") {}
            while part.takeLast(" ") {}
            return part
        }
    }

    /// Where names and strings stand, their quotes included.
    private var quotes: [Range<Int>] {
        var result: [Range<Int>] = []
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let quote = bytes[place]
            guard [UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(quote) else {
                place += 1
                continue
            }
            let start = place
            place += 1
            while place < bytes.endIndex {
                let isEscape = bytes[place] == UInt8(ascii: "\\") && quote != UInt8(ascii: "`")
                let isDoubled =
                    bytes[place] == quote && place + 1 < bytes.endIndex && bytes[place + 1] == quote
                guard isEscape || isDoubled || bytes[place] != quote else { break }
                place += isEscape || isDoubled ? 2 : 1
            }
            place = min(place + 1, bytes.endIndex)
            result.append(start..<place)
        }
        return result
    }
}
