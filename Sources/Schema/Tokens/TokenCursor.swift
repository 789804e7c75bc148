/// Walks the tokens of one statement, without the marks of version comments.
struct TokenCursor {
    let source: SourceText
    let tokens: [Token]
    private(set) var index = 0

    init(_ tokens: [Token], in source: SourceText) {
        self.source = source
        self.tokens = tokens
    }

    var token: Token? { index < tokens.count ? tokens[index] : nil }

    /// The byte behind the previous token.
    var previousEnd: Int { index > 0 ? tokens[index - 1].end : tokens.first?.start ?? 0 }

    /// The first byte of the token `ahead` tokens further; nil behind the last token.
    func start(ahead: Int) -> Int? {
        index + ahead < tokens.count ? tokens[index + ahead].start : nil
    }

    mutating func advance() { index += 1 }

    /// True where the word `ahead` tokens further is `keyword`, given in capitals.
    func at(_ keyword: StaticString, ahead: Int = 0) -> Bool {
        guard index + ahead < tokens.count, tokens[index + ahead].kind == .word else {
            return false
        }
        return Keyword.spells(source.bytes, tokens[index + ahead].range, keyword)
    }

    func at(anyOf keywords: Set<String>, ahead: Int = 0) -> Bool {
        word(ahead: ahead).map(keywords.contains) ?? false
    }

    func at(symbol: Unicode.Scalar, ahead: Int = 0) -> Bool {
        guard index + ahead < tokens.count else { return false }
        let token = tokens[index + ahead]
        return token.kind == .symbol && source.bytes[token.start] == UInt8(ascii: symbol)
    }

    /// The word `ahead` tokens further, in capitals; nil where that is no word.
    func word(ahead: Int = 0) -> String? {
        guard index + ahead < tokens.count, tokens[index + ahead].kind == .word else { return nil }
        return source.text(tokens[index + ahead].range).uppercased()
    }

    mutating func take(_ keyword: StaticString) -> Bool {
        guard at(keyword) else { return false }
        advance()
        return true
    }

    mutating func take(symbol: Unicode.Scalar) -> Bool {
        guard at(symbol: symbol) else { return false }
        advance()
        return true
    }

    /// Takes a name with or without quotes; nil where none stands.
    mutating func takeName() -> (text: String, token: Token)? {
        guard let token else { return nil }
        switch token.kind {
        case .word, .number, .quotedName, .string:
            advance()
            return (name(of: token), token)
        case .symbol, .versionOpen, .versionClose, .delimiter, .end:
            return nil
        }
    }

    /// Takes `name` or `database.name`; the token is that of the last part.
    mutating func takeQualifiedName() -> (database: String?, text: String, token: Token)? {
        guard let first = takeName() else { return nil }
        guard at(symbol: ".") else { return (nil, first.text, first.token) }
        advance()
        guard let second = takeName() else { return nil }
        return (first.text, second.text, second.token)
    }

    /// Skips ``DEFINER = `user`@`host` `` or `DEFINER = CURRENT_USER()`.
    mutating func skipDefiner() {
        for _ in 0..<2 { advance() }
        _ = takeName()
        if at(symbol: "(") { skipGroup() }
        if take(symbol: "@") {
            _ = takeName()
            // An unquoted host may have dots and hyphens.
            while at(symbol: ".") || at(symbol: "-") || at(symbol: "%") {
                advance()
                if token?.kind == .number { advance() }
            }
        }
    }

    /// Moves behind the parenthesis that closes the current one.
    mutating func skipGroup() {
        var depth = 0
        while token != nil {
            if at(symbol: "(") { depth += 1 }
            if at(symbol: ")") { depth -= 1 }
            advance()
            if depth <= 0 { return }
        }
    }

    /// A token's name: quotes removed, doubled quotes halved.
    private func name(of token: Token) -> String {
        guard token.kind == .quotedName || token.kind == .string else {
            return source.text(token.range)
        }
        return Unquoted.name(source.bytes, token.range)
    }

    func unexpected(_ expected: String) -> SchemaError {
        guard let token else {
            let end = previousEnd
            return source.error(
                .syntax, "the statement ends where \(expected) was expected", at: end..<end + 1)
        }
        let found = source.text(token.start..<min(token.end, token.start + 64))
        return source.error(
            .syntax, "`\(found)` stands where \(expected) was expected", at: token.range)
    }
}

/// Removes the quotes of names.
enum Unquoted {
    /// The name between the quotes at both ends of `range`, doubled quotes halved.
    static func name(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
        let quote = bytes[range.lowerBound]
        let inner = range.lowerBound + 1..<range.upperBound - 1
        let body = UnsafeBufferPointer(rebasing: bytes[inner])
        guard body.contains(quote) else { return String(decoding: body, as: UTF8.self) }
        var unquoted: [UInt8] = []
        var index = 0
        while index < body.count {
            unquoted.append(body[index])
            index += body[index] == quote ? 2 : 1
        }
        return String(decoding: unquoted, as: UTF8.self)
    }
}
