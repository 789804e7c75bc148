/// The words and marks of a Swift source: comments and what literals say are left out, the code
/// in their interpolations stays.
enum SwiftTokens {
    struct Token: Hashable {
        /// A word, a number, one mark, or `"` for a literal.
        let text: String
        let isWord: Bool
    }

    static func read(_ text: String) -> [Token] {
        var reader = Reader(bytes: Array(text.utf8))
        reader.read(inInterpolation: false)
        return reader.tokens
    }
}

private struct Reader {
    let bytes: [UInt8]
    private var index = 0
    private(set) var tokens: [SwiftTokens.Token] = []

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Up to the end, or up to the parenthesis that closes an interpolation.
    mutating func read(inInterpolation: Bool) {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                index += 1
            case UInt8(ascii: "/") where at("//"): skipLine()
            case UInt8(ascii: "/") where at("/*"): skipComment()
            case UInt8(ascii: "/") where opensPattern: skipPattern()
            case UInt8(ascii: "\""): literal(hashes: 0)
            case UInt8(ascii: "#"):
                let hashes = bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
                if index + hashes < bytes.count, bytes[index + hashes] == UInt8(ascii: "\"") {
                    index += hashes
                    literal(hashes: hashes)
                } else {
                    mark()
                }
            case UInt8(ascii: "("):
                depth += 1
                mark()
            case UInt8(ascii: ")"):
                if inInterpolation, depth == 0 {
                    index += 1
                    return
                }
                depth -= 1
                mark()
            case UInt8(ascii: "`"): index += 1
            default:
                if Self.isWordPart(bytes[index]) { word() } else { mark() }
            }
        }
    }

    private mutating func mark() {
        add(String(UnicodeScalar(bytes[index])), isWord: false)
        index += 1
    }

    private mutating func word() {
        let start = index
        while index < bytes.count, Self.isWordPart(bytes[index]) { index += 1 }
        add(String(decoding: bytes[start..<index], as: UTF8.self), isWord: true)
    }

    private mutating func add(_ text: String, isWord: Bool) {
        tokens.append(SwiftTokens.Token(text: text, isWord: isWord))
    }

    private mutating func skipLine() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    }

    /// Comments may stand within comments.
    private mutating func skipComment() {
        var depth = 0
        repeat {
            if at("/*") {
                depth += 1
                index += 2
            } else if at("*/") {
                depth -= 1
                index += 2
            } else {
                index += 1
            }
        } while depth > 0 && index < bytes.count
    }

    /// Steps over a string literal; the index is at its first quote.
    private mutating func literal(hashes: Int) {
        let quotes = at("\"\"\"") ? 3 : 1
        index += quotes
        add("\"", isWord: false)
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\") where hasHashes(hashes, from: index + 1):
                index += hashes + 2
                if index <= bytes.count, bytes[index - 1] == UInt8(ascii: "(") {
                    read(inInterpolation: true)
                }
            case UInt8(ascii: "\"")
            where (quotes == 1 || at("\"\"\"")) && hasHashes(hashes, from: index + quotes):
                index += quotes + hashes
                return
            default: index += 1
            }
        }
    }

    /// Whether a regular expression begins here, and no division.
    private var opensPattern: Bool {
        guard index + 1 < bytes.count, bytes[index + 1] != UInt8(ascii: " ") else { return false }
        guard let last = tokens.last else { return true }
        return ["(", "[", "{", ",", "=", ":", "return"].contains(last.text)
    }

    private mutating func skipPattern() {
        add("\"", isWord: false)
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") {
            if bytes[index] == UInt8(ascii: "/") {
                index += 1
                return
            }
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
    }

    private func at(_ mark: StaticString) -> Bool {
        guard index + mark.utf8CodeUnitCount <= bytes.count else { return false }
        return mark.withUTF8Buffer { wanted in
            wanted.indices.allSatisfy { bytes[index + $0] == wanted[$0] }
        }
    }

    private func hasHashes(_ count: Int, from start: Int) -> Bool {
        start + count <= bytes.count
            && bytes[start..<start + count].allSatisfy { $0 == UInt8(ascii: "#") }
    }

    private static func isWordPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: false
        }
    }
}
