/// One `CREATE` statement of a file in the form in which it is sent to a server: printed from
/// checked tokens, never copied as written.
///
/// Executable comments are run or skipped as the server in question does. The statement must have
/// one of the supported forms; each clause that the form does not have is refused with its place.
package struct StatementText: Hashable, Sendable {
    /// The object that the statement creates.
    package let name: ObjectName
    /// The text to send, without executable comments, and for tables and sequences without any
    /// comment. `OR REPLACE` and `IF NOT EXISTS` are left out: they do not define the object.
    package let sql: String
    /// Functions that a view calls and that are not built into the servers, as written.
    package let calls: Set<String>

    /// Clauses that files may use only where the operator's file allows it.
    package struct Permissions: Hashable, Sendable {
        /// `DATA DIRECTORY` and `INDEX DIRECTORY`, which put a table's files elsewhere on the host.
        package var directories: Bool

        package init(directories: Bool = false) { self.directories = directories }
    }

    /// Reads `text` as a server of `dialect` would.
    ///
    /// Throws at the first token that the statement's form does not allow; lines and columns count
    /// from the start of `text`.
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
            name: name, sql: printer.text(of: lexed.tokens, without: reader.omittedTokens),
            calls: reader.calls)
    }

    /// Refuses a `/*M!` comment in a view's query: MySQL keeps it in the name that it derives for
    /// an expression's column, and MariaDB would run it as code.
    private static func refuseNamingComments(
        _ lexed: LexedStatement, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(SchemaError) {
        for comment in lexed.comments
        where VersionComment(bytes, at: comment.lowerBound)?.isMariaDB == true {
            throw SchemaError(
                .refused, "MySQL would make this comment part of a column's name",
                remedy: "remove it", in: bytes,
                at: comment)
        }
    }

    /// Servers derive column names from the text of a view, and store the text of a program.
    private static func keepsComments(_ kind: ObjectName.Kind) -> Bool {
        switch kind {
        case .table, .sequence: false
        case .view, .trigger, .procedure, .function, .event: true
        }
    }
}

/// The tokens of one statement under one dialect; throws for a byte that belongs to none.
struct LexedStatement {
    var tokens: [Token] = []
    /// The ranges of skipped comments.
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
            // MySQL 9 reads `$tag$ … $tag$` as a string.
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
