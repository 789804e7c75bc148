/// Finds the comments `plumb: renamed from old` and the table or column that each is about.
enum RenameHintComments {
    /// Adds the rename hints above and within a statement to it.
    ///
    /// A comment above a `CREATE TABLE`, or before its first parenthesis, is about the table. One
    /// behind a column on the same line, or on a line of its own above it, is about that column.
    static func collect(
        from piece: StatementPiece, of source: SourceText, into statement: inout SourceStatement
    ) throws(SchemaError) {
        for comment in piece.leadingComments {
            if let hint = try SettingHint.read(comment, of: source) {
                guard !isBehind(piece, comment, source),
                    hint.setting.take(
                        hint.value, into: &statement.settings, of: statement.kind)
                else { throw hint.setting.misplaced(comment, source) }
                continue
            }
            guard let old = try oldName(in: comment, of: source) else { continue }
            guard case .createTable(let name) = statement.kind, !isBehind(piece, comment, source)
            else { throw misplaced(comment, source) }
            add(.table(from: old), of: name, comment, source, &statement)
        }
        for comment in piece.innerComments {
            guard let old = try oldName(in: comment, of: source) else { continue }
            guard case .createTable(let name) = statement.kind else {
                throw misplaced(comment, source)
            }
            let body = Body(of: piece, in: source)
            if body?.isBefore(comment, piece, source) ?? true {
                add(.table(from: old), of: name, comment, source, &statement)
            } else if let body, comment.upperBound <= body.close,
                let column = column(of: comment, piece, statement.table, source)
            {
                add(.column(from: old, to: column), of: name, comment, source, &statement)
            } else {
                throw misplaced(comment, source)
            }
        }
    }

    /// Whether the comment is on the line on which the previous statement ended.
    private static func isBehind(
        _ piece: StatementPiece, _ comment: Range<Int>, _ source: SourceText
    ) -> Bool {
        piece.previousEnd > 0
            && source.line(of: piece.previousEnd - 1) == source.line(of: comment.lowerBound)
    }

    /// Throws at the first hint among comments that belong to no statement.
    static func requireNone(
        in comments: [Range<Int>], of source: SourceText
    ) throws(SchemaError) {
        for comment in comments where try oldName(in: comment, of: source) != nil {
            throw misplaced(comment, source)
        }
    }

    private static func add(
        _ subject: SourceRename.Subject, of table: String, _ comment: Range<Int>,
        _ source: SourceText, _ statement: inout SourceStatement
    ) {
        statement.hints.append(
            SourceRename(
                table: table, subject: subject,
                location: source.location(of: comment.lowerBound)))
    }

    /// The parentheses around the definitions of a table.
    private struct Body {
        let open: Int
        let close: Int

        init?(of piece: StatementPiece, in source: SourceText) {
            var depth = 0
            var open: Int?
            for token in piece.tokens where token.kind == .symbol {
                if source.bytes[token.start] == UInt8(ascii: "(") {
                    open = open ?? token.start
                    depth += 1
                } else if source.bytes[token.start] == UInt8(ascii: ")") {
                    depth -= 1
                    guard let open, depth == 0 else { continue }
                    self.open = open
                    close = token.start
                    return
                }
            }
            return nil
        }

        /// Whether it stands before the body, or as in `CREATE TABLE t ( -- hint`.
        func isBefore(
            _ comment: Range<Int>, _ piece: StatementPiece, _ source: SourceText
        ) -> Bool {
            if comment.lowerBound < open { return true }
            return tokenBefore(comment, piece)?.start == open
                && source.line(of: open) == source.line(of: comment.lowerBound)
        }
    }

    private static func tokenBefore(_ comment: Range<Int>, _ piece: StatementPiece) -> Token? {
        piece.tokens.last { $0.end <= comment.lowerBound }
    }

    private static func column(
        of comment: Range<Int>, _ piece: StatementPiece, _ table: SourceTable?,
        _ source: SourceText
    ) -> String? {
        let definitions = table?.definitions ?? []
        let place = source.location(of: comment.lowerBound)
        let definition: SourceTable.Definition?
        if let before = tokenBefore(comment, piece), source.line(of: before.end - 1) == place.line {
            let token = source.location(of: before.start)
            definition = definitions.last { !isBefore(token, $0.location) }
        } else {
            definition = definitions.first { isBefore(place, $0.location) }
        }
        return definition?.kind == .column ? definition?.name : nil
    }

    private static func isBefore(_ left: SourceLocation, _ right: SourceLocation) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    /// The old name where the comment is a rename hint; throws where a hint is malformed.
    private static func oldName(
        in comment: Range<Int>, of source: SourceText
    ) throws(SchemaError) -> String? {
        var text = source.text(comment)[...]
        if text.hasPrefix("/*") { text = text.dropFirst(2).dropLast(2) }
        text = text.drop { "-#*! \t\r\n".contains($0) }
        guard text.lowercased().hasPrefix("plumb:") else { return nil }
        let words = text.dropFirst("plumb:".count)
            .split(maxSplits: 2, whereSeparator: \.isWhitespace)
        if words.count == 3, words[0].lowercased() == "renamed", words[1].lowercased() == "from",
            let name = name(in: words[2])
        {
            return name
        }
        throw source.error(
            .syntax, "this hint is not understood",
            remedy: "write `-- plumb: renamed from old_name`", at: comment)
    }

    /// One name, with or without backticks.
    private static func name(in text: Substring) -> String? {
        var bytes = Array(text.utf8)
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        return bytes.withUnsafeBufferPointer { bytes in
            var lexer = Lexer(bytes)
            guard let token = try? lexer.next(), token.range == 0..<bytes.count else {
                // An unquoted name may have any character but white space.
                let isPlain =
                    bytes.first != UInt8(ascii: "`") && bytes.allSatisfy { $0 > 0x20 }
                return isPlain ? String(decoding: bytes, as: UTF8.self) : nil
            }
            return token.kind == .quotedName
                ? Unquoted.name(bytes, token.range) : String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func misplaced(_ comment: Range<Int>, _ source: SourceText) -> SchemaError {
        source.error(
            .syntax, "this hint belongs to no table and no column",
            remedy: "put it above the CREATE TABLE, or at the end of the column's line",
            at: comment)
    }
}
