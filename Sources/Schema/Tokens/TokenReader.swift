/// The parsers' view of the tokens: the current one, tests on it, and texts cut from the bytes.
struct TokenReader {
    var lexer: Lexer
    private(set) var token: Token
    /// The byte behind the previous token.
    private(set) var previousEnd = 0

    var bytes: UnsafeBufferPointer<UInt8> { lexer.bytes }

    init(_ lexer: Lexer) throws(SchemaError) {
        self.lexer = lexer
        token = try self.lexer.next()
    }

    mutating func advance() throws(SchemaError) {
        previousEnd = token.end
        token = try lexer.next()
    }

    /// True where the current token is the word `keyword`, in any letter case.
    ///
    /// Inlined, as `take` is: most words are told apart by their length, without a call.
    @inline(__always)
    func at(_ keyword: StaticString) -> Bool {
        guard token.kind == .word, token.end &- token.start == keyword.utf8CodeUnitCount
        else { return false }
        return Keyword.spells(bytes, token.range, keyword)
    }

    @inline(__always)
    func at(symbol: Unicode.Scalar) -> Bool {
        token.kind == .symbol && bytes[token.start] == UInt8(ascii: symbol)
    }

    /// Steps over `keyword` (in capitals) if it is current.
    @inline(__always)
    mutating func take(_ keyword: StaticString) throws(SchemaError) -> Bool {
        guard at(keyword) else { return false }
        try advance()
        return true
    }

    @inline(__always)
    mutating func take(symbol: Unicode.Scalar) throws(SchemaError) -> Bool {
        guard at(symbol: symbol) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ keyword: StaticString) throws(SchemaError) {
        guard try take(keyword) else { throw unexpected("`\(keyword)`") }
    }

    mutating func expect(symbol: Unicode.Scalar) throws(SchemaError) {
        guard try take(symbol: symbol) else { throw unexpected("`\(symbol)`") }
    }

    /// Takes a parenthesised group and returns the range between its outer parentheses.
    mutating func group() throws(SchemaError) -> Range<Int> {
        let open = token
        guard at(symbol: "(") else { throw unexpected("`(`") }
        var depth = 0
        while true {
            switch token.kind {
            case .symbol:
                let byte = bytes[token.start]
                if byte == UInt8(ascii: "(") {
                    depth += 1
                } else if byte == UInt8(ascii: ")") {
                    depth -= 1
                    if depth == 0 {
                        let inner = open.end..<token.start
                        try advance()
                        return inner
                    }
                }
            case .end, .delimiter:
                throw SchemaError(
                    .unbalancedParenthesis, "this parenthesis is never closed", in: bytes,
                    at: open.range)
            case .word, .number, .string, .quotedName, .versionOpen, .versionClose:
                break
            }
            try advance()
        }
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    /// A token's name: quotes removed, doubled quotes halved.
    func name(of token: Token) -> String {
        guard token.kind == .quotedName || token.kind == .string else { return text(token.range) }
        return Unquoted.name(bytes, token.range)
    }

    /// An error at the current token, where `expected` should stand.
    func unexpected(_ expected: String) -> SchemaError {
        let found =
            switch token.kind {
            case .end: "the text ends"
            case .delimiter: "the statement ends"
            case .word, .number, .string, .quotedName, .symbol, .versionOpen, .versionClose:
                "`\(text(token.start..<min(token.end, token.start + 64)))` stands"
            }
        return SchemaError(
            .syntax, "\(found) where \(expected) was expected", in: bytes, at: token.range)
    }
}

enum Keyword {
    /// True where `range` spells `keyword`, given in capitals, in any letter case.
    static func spells(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ keyword: StaticString
    ) -> Bool {
        guard range.count == keyword.utf8CodeUnitCount else { return false }
        return keyword.withUTF8Buffer { expected in
            for index in 0..<expected.count {
                var byte = bytes[range.lowerBound + index]
                if byte &- 0x61 < 26 { byte &-= 0x20 }
                if byte != expected[index] { return false }
            }
            return true
        }
    }
}
