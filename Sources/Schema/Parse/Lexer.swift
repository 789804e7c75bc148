/// A token of SQL: a kind and the bytes it covers.
struct Token {
    enum Kind: UInt8 {
        /// A keyword, a name without quotes, an introducer such as `_utf8mb4`.
        case word
        case number
        /// `'…'` or `"…"`, quotes included.
        case string
        /// A name between backticks, which are included.
        case quotedName
        /// One byte of punctuation.
        case symbol
        /// `/*!80023`, `/*M!100301` or `/*!`: what follows is live syntax.
        case versionOpen
        /// The `*/` of a version comment.
        case versionClose
        /// The terminator of a statement, where the lexer was given one.
        case delimiter
        case end
    }

    var kind: Kind
    var start: Int
    var end: Int

    var range: Range<Int> { start..<end }
}

/// Cuts SQL text into tokens, without making a string of any.
///
/// White space and comments are skipped. Version comments are syntax: without a dialect their
/// marks are tokens and their content is live; with one they are resolved as that server would.
struct Lexer {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0
    /// Whose reading of the text it is; nil for a text that is read with all that it may say.
    private let dialect: Dialect?
    private let quoting: Dialect.Quoting
    /// The terminator to report as a token of its own; none when empty.
    var delimiter: [UInt8] = []
    /// Where to note the comments that are skipped; nil to forget them.
    var comments: [Range<Int>]?
    private var openVersionComments: [Int] = []

    /// - Parameter quoting: where no dialect tells it.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, dialect: Dialect? = nil,
        quoting: Dialect.Quoting = .usual
    ) {
        self.bytes = bytes
        self.dialect = dialect
        self.quoting = dialect?.quoting ?? quoting
    }

    /// The next token; `.end` for ever once the text is used up.
    ///
    /// Throws for a string, name or comment that never ends, at its first byte.
    mutating func next() throws(SchemaError) -> Token {
        try skipTrivia()
        let start = position
        guard start < bytes.count else {
            if let open = openVersionComments.last {
                throw error(.unterminatedComment, "this comment never ends", open..<open + 3)
            }
            return Token(kind: .end, start: start, end: start)
        }
        if !delimiter.isEmpty, startsDelimiter(at: start) {
            position += delimiter.count
            return Token(kind: .delimiter, start: start, end: position)
        }
        let byte = bytes[start]
        if byte.isWordStart { return word() }
        switch byte {
        case UInt8(ascii: "`"): return try quoted(byte, .quotedName)
        case UInt8(ascii: "\"") where quoting.hasANSIQuotes:
            return try quoted(byte, .quotedName)
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return try quoted(byte, .string)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        case UInt8(ascii: "/") where byteAfter(1) == UInt8(ascii: "*"): return versionOpen()
        case UInt8(ascii: "*")
        where byteAfter(1) == UInt8(ascii: "/") && !openVersionComments.isEmpty:
            openVersionComments.removeLast()
            position += 2
            return Token(kind: .versionClose, start: start, end: position)
        default:
            position += 1
            return Token(kind: .symbol, start: start, end: position)
        }
    }

    /// Continues at `offset`, outside any version comment.
    mutating func move(to offset: Int) {
        position = min(offset, bytes.count)
        openVersionComments.removeAll()
    }

    private mutating func skipTrivia() throws(SchemaError) {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"),
                0x0B, 0x0C:
                position += 1
            case UInt8(ascii: "#"):
                if !delimiter.isEmpty, startsDelimiter(at: position) { return }
                skipLine()
            case UInt8(ascii: "-"):
                guard byteAfter(1) == UInt8(ascii: "-"), (byteAfter(2) ?? 0) <= 0x20 else { return }
                skipLine()
            case UInt8(ascii: "/"):
                guard byteAfter(1) == UInt8(ascii: "*") else { return }
                guard let comment = VersionComment(bytes, at: position) else {
                    try skipBlock()
                    continue
                }
                guard let dialect else { return }
                try resolve(comment, dialect)
            case UInt8(ascii: "*"):
                guard dialect != nil, !openVersionComments.isEmpty,
                    byteAfter(1) == UInt8(ascii: "/")
                else { return }
                // Servers count no levels: the first end ends every one that is open.
                openVersionComments.removeAll()
                position += 2
            default:
                return
            }
        }
    }

    private mutating func skipLine() {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        comments?.append(start..<position)
    }

    private mutating func resolve(
        _ comment: VersionComment, _ dialect: Dialect
    ) throws(SchemaError) {
        let end = position + comment.length
        if end < bytes.count, bytes[end].isDigit {
            throw error(
                .refused, "the version of this comment has no five or six digits",
                position..<end + 1)
        }
        switch dialect.treatment(of: comment) {
        case .runs:
            openVersionComments.append(position)
            position += comment.length
        case .skips: try skipBlock(nested: true)
        case .comment: try skipBlock()
        }
    }

    /// - Parameter nested: whether one comment may stand within it.
    private mutating func skipBlock(nested: Bool = false) throws(SchemaError) {
        let start = position
        position += 2
        var isInner = false
        while position + 1 < bytes.count {
            switch (bytes[position], bytes[position + 1]) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")) where nested && !isInner:
                isInner = true
                position += 2
            case (UInt8(ascii: "*"), UInt8(ascii: "/")):
                position += 2
                guard isInner else {
                    comments?.append(start..<position)
                    return
                }
                isInner = false
            default:
                position += 1
            }
        }
        position = bytes.count
        throw error(.unterminatedComment, "this comment never ends", start..<start + 2)
    }

    private mutating func versionOpen() -> Token {
        let start = position
        openVersionComments.append(start)
        position += byteAfter(2) == UInt8(ascii: "!") ? 3 : 4
        while position < bytes.count, bytes[position].isDigit { position += 1 }
        return Token(kind: .versionOpen, start: start, end: position)
    }

    private mutating func word() -> Token {
        let start = position
        position += 1
        let stopsAtDelimiter = delimiter.first?.isWordPart ?? false
        while position < bytes.count, bytes[position].isWordPart {
            if stopsAtDelimiter, startsDelimiter(at: position) { break }
            position += 1
        }
        return Token(kind: .word, start: start, end: position)
    }

    private mutating func number() -> Token {
        let start = position
        var isDecimal = true
        let stopsAtDelimiter = delimiter.first?.isWordPart ?? false
        while position < bytes.count {
            if stopsAtDelimiter, startsDelimiter(at: position) { break }
            let byte = bytes[position]
            if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E"), isDecimal {
                position += 1
                if position < bytes.count,
                    bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+"),
                    byteAfter(1)?.isDigit ?? false
                {
                    position += 1
                }
            } else if byte.isWordPart || byte == UInt8(ascii: ".") {
                if !byte.isDigit, byte != UInt8(ascii: ".") { isDecimal = false }
                position += 1
            } else {
                break
            }
        }
        return Token(kind: .number, start: start, end: position)
    }

    private mutating func quoted(
        _ quote: UInt8, _ kind: Token.Kind
    ) throws(SchemaError) -> Token {
        let start = position
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            if byte == quote {
                position += 1
                guard position < bytes.count, bytes[position] == quote else {
                    return Token(kind: kind, start: start, end: position)
                }
            } else if byte == UInt8(ascii: "\\"), kind == .string,
                !quoting.hasNoBackslashEscapes
            {
                position += 1
            }
            position += 1
        }
        position = bytes.count
        throw kind == .string
            ? error(.unterminatedString, "this string never ends", start..<start + 1)
            : error(.unterminatedName, "this quoted name never ends", start..<start + 1)
    }

    private func byteAfter(_ count: Int) -> UInt8? {
        position + count < bytes.count ? bytes[position + count] : nil
    }

    private func startsDelimiter(at start: Int) -> Bool {
        guard start + delimiter.count <= bytes.count else { return false }
        for index in delimiter.indices where bytes[start + index] != delimiter[index] {
            return false
        }
        return true
    }

    private func error(
        _ code: SchemaError.Code, _ message: String, _ range: Range<Int>
    ) -> SchemaError {
        SchemaError(code, message, in: bytes, at: range)
    }
}

extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }

    /// May begin a name without quotes: a letter, `_`, `$` or any byte of a longer character.
    var isWordStart: Bool {
        (self | 0x20) &- 0x61 < 26 || self == 0x5F || self == 0x24 || self >= 0x80
    }

    var isWordPart: Bool { isWordStart || isDigit }
}
