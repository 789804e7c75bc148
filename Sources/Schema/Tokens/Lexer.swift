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
        /// `/*!80023`, `/*M!100301` or `/*!`: a server may run what follows.
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

/// Cuts SQL text into tokens, without copying any text.
///
/// White space and comments are skipped. Of version comments, without a dialect the marks are
/// tokens and the content is read as code; with one they are run or skipped as that server would.
struct Lexer {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0
    /// The server whose reading to follow; nil to read the content of every version comment.
    private let dialect: Dialect?
    private let quoting: Dialect.Quoting
    /// The statement terminator to report as a token of its own; none when empty.
    var delimiter: [UInt8] = [] {
        didSet { endsWords = delimiter.first?.isWordPart ?? false }
    }
    /// Whether the terminator may follow a word without a blank.
    private var endsWords = false
    /// Collects the ranges of skipped comments; nil to collect none.
    var comments: [Range<Int>]?
    private var openVersionComments: [Int] = []

    /// - Parameter quoting: used where there is no dialect.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, dialect: Dialect? = nil,
        quoting: Dialect.Quoting = .usual
    ) {
        self.bytes = bytes
        self.dialect = dialect
        self.quoting = dialect?.quoting ?? quoting
    }

    /// The next token; `.end` from the end of the text on.
    ///
    /// Throws for a string, quoted name or comment without an end, at its first byte.
    mutating func next() throws(SchemaError) -> Token {
        // Nearly always one blank or none, and then the next token.
        if position < bytes.count, bytes[position] == UInt8(ascii: " ") { position &+= 1 }
        if position < bytes.count, bytes[position].mayBeginTrivia { try skipTrivia() }
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

    /// Continues at byte `offset`, outside of any version comment.
    mutating func move(to offset: Int) {
        position = min(offset, bytes.count)
        openVersionComments.removeAll()
    }

    private mutating func skipTrivia() throws(SchemaError) {
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
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
                // Servers do not nest them: the first `*/` closes every one that is open.
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

    /// - Parameter nested: whether one comment may be nested in it.
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
        // The place is kept in a register: this and `quoted` read most of the bytes there are.
        let (start, bytes) = (position, bytes)
        var end = start &+ 1
        if endsWords {
            while end < bytes.count, bytes[end].isWordPart, !startsDelimiter(at: end) { end += 1 }
        } else {
            end = endOfWord(from: end)
        }
        position = end
        return Token(kind: .word, start: start, end: end)
    }

    /// The place of the first byte from `start` on that cannot be in a word.
    @inline(__always)
    private func endOfWord(from start: Int) -> Int {
        var end = start
        while end &+ EightBytes.count <= bytes.count {
            let length = EightBytes(bytes, at: end).wordLength
            end &+= length
            if length < EightBytes.count { return end }
        }
        while end < bytes.count, bytes[end].isWordPart { end &+= 1 }
        return end
    }

    private mutating func number() -> Token {
        let start = position
        var isDecimal = true
        while position < bytes.count {
            if endsWords, startsDelimiter(at: position) { break }
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
        let (start, bytes) = (position, bytes)
        let escapes = kind == .string && !quoting.hasNoBackslashEscapes
        let escape = escapes ? UInt8(ascii: "\\") : quote
        var place = start &+ 1
        while place < bytes.count {
            if place &+ EightBytes.count <= bytes.count {
                let length = EightBytes(bytes, at: place).length(before: quote, or: escape)
                place &+= length
                if length == EightBytes.count { continue }
            }
            let byte = bytes[place]
            place &+= 1
            if byte == quote {
                guard place < bytes.count, bytes[place] == quote else {
                    position = place
                    return Token(kind: kind, start: start, end: place)
                }
                place += 1
            } else if escapes, byte == UInt8(ascii: "\\") {
                place += 1
            }
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
