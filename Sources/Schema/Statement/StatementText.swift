/// One `CREATE` statement of a file as it may be sent to a server: printed from tokens that were
/// understood, never as it was written.
///
/// Executable comments are resolved as the server at hand resolves them. The statement has one of
/// the known forms, with the clauses that the form knows; everything else is refused by name.
package struct StatementText: Hashable, Sendable {
    /// What the statement makes.
    package let name: ObjectName
    /// The text to send. It has no executable comment; for tables and sequences no comment at all.
    /// `OR REPLACE` and `IF NOT EXISTS` are left out: they say nothing about what is to be.
    package let sql: String
    /// The functions that a view calls and that are none of the servers' own, as written.
    package let calls: Set<String>

    /// What a file may say beyond what every file may.
    package struct Permissions: Hashable, Sendable {
        /// `DATA DIRECTORY` and `INDEX DIRECTORY`, by which a table's files lie elsewhere.
        package var directories: Bool

        package init(directories: Bool = false) { self.directories = directories }
    }

    /// Reads `text` as the server of `dialect` would.
    ///
    /// Throws at the place of the first token that the statement's form does not account for; lines
    /// and columns count from the start of `text`.
    package static func read(
        _ text: String, dialect: Dialect, allowing permissions: Permissions = Permissions()
    ) throws(SchemaError) -> StatementText {
        var copy = text
        let result = copy.withUTF8 { bytes in
            Result { () throws(SchemaError) in
                try read(bytes, dialect: dialect, allowing: permissions)
            }
        }
        return try result.get()
    }

    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, dialect: Dialect, allowing permissions: Permissions
    ) throws(SchemaError) -> StatementText {
        let lexed = try LexedStatement(bytes, dialect: dialect)
        let source = SourceText(bytes: bytes, file: "")
        var reader = FormReader(
            TokenCursor(lexed.tokens, in: source), allowing: permissions)
        let name = try reader.statement()
        if name.kind == .view, dialect.flavour == .mysql {
            try refuseNamingComments(lexed, bytes)
        }
        let printer = TokenPrinter(
            bytes: bytes, comments: lexed.comments, keepsComments: Self.keepsComments(name.kind))
        return StatementText(
            name: name, sql: printer.text(of: lexed.tokens, without: reader.unsaid),
            calls: reader.calls)
    }

    /// MySQL keeps a comment for MariaDB in the name that it makes of a column's text; to MariaDB
    /// it is code, and so it is never sent.
    private static func refuseNamingComments(
        _ lexed: LexedStatement, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(SchemaError) {
        for comment in lexed.comments
        where VersionComment(bytes, at: comment.lowerBound)?.isMariaDB == true {
            throw SchemaError(
                .refused, "MySQL would take this comment into the name of a column",
                remedy: "remove it", in: bytes,
                at: comment)
        }
    }

    /// Servers make names of columns out of the text of a view, and keep the text of a program.
    private static func keepsComments(_ kind: ObjectName.Kind) -> Bool {
        switch kind {
        case .table, .sequence: false
        case .view, .trigger, .procedure, .function, .event: true
        }
    }
}

/// The tokens of one statement under one dialect, every byte accounted for.
struct LexedStatement {
    var tokens: [Token] = []
    /// Where the comments stand that were skipped.
    var comments: [Range<Int>] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, dialect: Dialect) throws(SchemaError) {
        if let place = bytes.firstIndex(of: 0) {
            throw SchemaError(
                .refused, "there is a NUL character in the statement", remedy: "remove it",
                in: bytes, at: place..<place + 1)
        }
        try SQLScript.requireUTF8(bytes)
        var lexer = Lexer(bytes, dialect: dialect)
        lexer.comments = []
        while true {
            let token = try lexer.next()
            guard token.kind != .end else { break }
            try Self.check(token, bytes)
            tokens.append(token)
        }
        comments = lexer.comments ?? []
    }

    private static func check(
        _ token: Token, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(SchemaError) {
        switch token.kind {
        case .symbol:
            guard !symbols.contains(bytes[token.start]) else { return }
            throw SchemaError(
                .refused, "this character means nothing outside of quotes", remedy: "remove it",
                in: bytes, at: token.range)
        case .word:
            // MySQL 9 takes `$tag$ … $tag$` for a string.
            guard bytes[token.start] == UInt8(ascii: "$"),
                bytes[token.start + 1..<token.end].contains(UInt8(ascii: "$"))
            else { return }
            throw SchemaError(
                .refused, "servers take what stands between dollar signs for a string",
                remedy: "write strings between `'`, and a name that begins so between backticks",
                in: bytes, at: token.range)
        case .number, .string, .quotedName, .versionOpen, .versionClose, .delimiter, .end: return
        }
    }

    private static let symbols = Set("!%&()*+,-./:;<=>@^{|}~".utf8)
}
