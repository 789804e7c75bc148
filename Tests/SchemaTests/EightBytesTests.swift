import Testing

@testable import Schema

/// Eight bytes at once are told apart as single ones are.
@Suite("Eight bytes of a text")
struct EightBytesTests {
    /// What the manual allows in names without quotes:
    /// https://mariadb.com/kb/en/identifier-names/#unquoted.
    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: false
        }
    }

    @Test("a single byte is of a word or not")
    func singles() {
        for byte in UInt8.min...UInt8.max {
            #expect(byte.isWordPart == Self.isOfWord(byte), "\(byte)")
        }
    }

    @Test("blanks and what begins a comment may stand between tokens, and nothing else")
    func trivia() {
        let expected = Set("\t\n\u{0B}\u{0C}\r #-/*".utf8)
        #expect(Set((UInt8.min...UInt8.max).filter(\.mayBeginTrivia)) == expected)
    }

    @Test(
        "the end of a word is found at every place, whatever stands before and behind it",
        arguments: [UInt8(ascii: "a"), UInt8(ascii: "Z"), UInt8(ascii: "9"), 0x80, 0xFF])
    func words(filler: UInt8) {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<8 {
                var bytes = Array(repeating: filler, count: 9)
                bytes[place + 1] = byte
                let expected = Self.isOfWord(byte) ? 8 : place
                #expect(Self.look(at: bytes) { $0.wordLength } == expected, "\(byte) at \(place)")
            }
        }
    }

    @Test(
        "the first of two bytes is found at every place", arguments: [UInt8(0), 0x26, 0x80, 0xFF])
    func either(filler: UInt8) {
        let (quote, escape) = (UInt8(ascii: "'"), UInt8(ascii: "\\"))
        for byte in UInt8.min...UInt8.max {
            for place in 0..<8 {
                var bytes = Array(repeating: filler, count: 9)
                bytes[place + 1] = byte
                let expected = byte == quote || byte == escape ? place : 8
                let found = Self.look(at: bytes) { $0.length(before: quote, or: escape) }
                #expect(found == expected, "\(byte) at \(place)")
            }
        }
    }

    @Test("words, names and strings of all lengths end where they end", arguments: 0..<40)
    func tokens(length: Int) throws {
        let body = String(repeating: "w", count: length)
        for escaped in ["", "''", "\\'", "\\\\"] {
            let text = "x\(body) `\(body)``é` '\(body)\(escaped)\(body)',"
            let tokens = try Self.tokens(of: text)
            #expect(tokens == ["x\(body)", "`\(body)``é`", "'\(body)\(escaped)\(body)'", ","])
        }
        #expect(throws: SchemaError.self) { try Self.tokens(of: "'\(body)\\'") }
        #expect(throws: SchemaError.self) { try Self.tokens(of: "'\(body)\\") }
        #expect(throws: SchemaError.self) { try Self.tokens(of: "`\(body)") }
    }

    private static func look(at bytes: [UInt8], _ body: (EightBytes) -> Int) -> Int {
        bytes.withUnsafeBufferPointer { body(EightBytes($0, at: 1)) }
    }

    private static func tokens(of text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { buffer in
            var lexer = Lexer(buffer)
            var tokens: [String] = []
            while true {
                let token = try lexer.next()
                if token.kind == .end { return tokens }
                tokens.append(String(decoding: bytes[token.range], as: UTF8.self))
            }
        }
    }
}
