/// The tokens of one statement, and the comments above and within it.
struct StatementPiece {
    var tokens: [Token]
    var leadingComments: [Range<Int>]
    var innerComments: [Range<Int>]
    /// The end of the previous statement's terminator; 0 at the start of the file.
    var previousEnd: Int
    /// The terminator behind the statement; nil at the end of the file.
    var delimiter: Range<Int>?

    /// From the first token to the last.
    var range: Range<Int> {
        guard let first = tokens.first, let last = tokens.last else { return 0..<0 }
        return first.start..<last.end
    }
}

extension TokenCursor {
    init(_ piece: StatementPiece, in source: SourceText) {
        self.init(
            piece.tokens.filter { $0.kind != .versionOpen && $0.kind != .versionClose },
            in: source)
    }
}

/// Cuts a file into statements as the command-line client does.
struct StatementSplitter {
    private var lexer: Lexer
    private var previousEnd = 0
    /// The comments behind the last statement.
    private(set) var trailingComments: [Range<Int>] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, quoting: Dialect.Quoting = .usual) {
        lexer = Lexer(bytes, quoting: quoting)
        lexer.delimiter = [UInt8(ascii: ";")]
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if bytes.starts(with: byteOrderMark) { lexer.move(to: byteOrderMark.count) }
    }

    /// The next statement; nil at the end of the file.
    mutating func next() throws(SchemaError) -> StatementPiece? {
        lexer.comments = []
        while true {
            let token = try lexer.next()
            switch token.kind {
            case .end:
                trailingComments = lexer.comments ?? []
                return nil
            case .delimiter:
                previousEnd = token.end
            case .word where isDelimiterCommand(token):
                try readDelimiter(behind: token)
                previousEnd = lexer.position
            case .word, .number, .string, .quotedName, .symbol, .versionOpen, .versionClose:
                return try statement(from: token)
            }
        }
    }

    private mutating func statement(from first: Token) throws(SchemaError) -> StatementPiece {
        var piece = StatementPiece(
            tokens: [], leadingComments: lexer.comments ?? [], innerComments: [],
            previousEnd: previousEnd)
        lexer.comments = []
        var nesting = RoutineNesting(lexer.bytes)
        let splitsRoutines = lexer.delimiter != [UInt8(ascii: ";")]
        var open: [Token] = []
        var token = first
        while token.kind != .end {
            if token.kind == .delimiter, splitsRoutines || nesting.depth == 0 { break }
            try track(token, &open)
            if !splitsRoutines { nesting.see(token) }
            piece.tokens.append(token)
            token = try lexer.next()
        }
        if let parenthesis = open.last {
            throw error("this parenthesis is never closed", at: parenthesis)
        }
        previousEnd = token.end
        if token.kind == .delimiter { piece.delimiter = token.range }
        piece.innerComments = lexer.comments ?? []
        return piece
    }

    private func track(_ token: Token, _ open: inout [Token]) throws(SchemaError) {
        guard token.kind == .symbol else { return }
        let byte = lexer.bytes[token.start]
        if byte == UInt8(ascii: "(") {
            open.append(token)
        } else if byte == UInt8(ascii: ")"), open.popLast() == nil {
            throw error("this parenthesis was never opened", at: token)
        }
    }

    private func error(_ message: String, at token: Token) -> SchemaError {
        SchemaError(.unbalancedParenthesis, message, in: lexer.bytes, at: token.range)
    }

    private func isDelimiterCommand(_ token: Token) -> Bool {
        Keyword.spells(lexer.bytes, token.range, "DELIMITER")
    }

    /// Reads a `DELIMITER` line: the text up to its first blank is the new terminator.
    private mutating func readDelimiter(behind command: Token) throws(SchemaError) {
        let bytes = lexer.bytes
        var end = command.end
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        let words = bytes[command.end..<end].split { $0 <= 0x20 }
        guard let word = words.first else {
            throw SchemaError(
                .syntax, "DELIMITER names no terminator", in: bytes, at: command.range)
        }
        lexer.delimiter = Array(word)
        lexer.move(to: end)
    }
}
