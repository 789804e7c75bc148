/// Proves that a rewritten file means the same as before.
///
/// Tokens are equal but for the letter case of words without quotes, white space stands between
/// the same operators, comments are equal and in their order, and what is read out of the
/// statements is equal but for its line numbers. A text that other SQL modes cut into other
/// strings (`ANSI_QUOTES`, `NO_BACKSLASH_ESCAPES`) is compared under those modes as well.
enum FormatProof {
    static func check(
        _ old: UnsafeBufferPointer<UInt8>, _ new: [UInt8], file: String,
        quoting: Dialect.Quoting = .usual
    ) throws(SchemaError) {
        let others = ([.usual] + Dialect.Quoting.otherModes.map { Dialect.Quoting(sqlMode: $0) })
            .filter { $0 != quoting && (try? Script(old, file, $0)) != nil }
        for quoting in [quoting] + others { try check(old, new, file, quoting) }
    }

    private static func check(
        _ old: UnsafeBufferPointer<UInt8>, _ new: [UInt8], _ file: String,
        _ quoting: Dialect.Quoting
    ) throws(SchemaError) {
        let result = new.withUnsafeBufferPointer { new in
            Result { () throws(SchemaError) in try difference(old, new, file, quoting) }
        }
        let fault: String?
        switch result {
        case .success(let difference): fault = difference
        case .failure(let error): fault = "the new text cannot be read: \(error)"
        }
        guard let fault else { return }
        throw SchemaError(
            .notPreserved, "this file cannot be rewritten without changing it: \(fault)",
            remedy: "leave it as it is, and report the statement", in: old, at: 0..<1)
    }

    /// What differs, in words; nil where nothing does.
    private static func difference(
        _ old: UnsafeBufferPointer<UInt8>, _ new: UnsafeBufferPointer<UInt8>, _ file: String,
        _ quoting: Dialect.Quoting
    ) throws(SchemaError) -> String? {
        let before = try Script(old, file, quoting)
        let after = try Script(new, file, quoting)
        for (left, right) in zip(before.tokens, after.tokens) where left != right {
            return "`\(left.text)` would become `\(right.text)`"
        }
        if before.tokens.count != after.tokens.count { return "it would lose or gain words" }
        if before.comments != after.comments { return "it would lose or move comments" }
        for (left, right) in zip(before.facts, after.facts) where left != right {
            return "`\(left)` would become `\(right)`"
        }
        return before.facts.count == after.facts.count ? nil : "it would define other things"
    }

    private struct Script {
        struct Piece: Equatable {
            let kind: Token.Kind
            /// Words in capitals; all else as it is.
            let text: String
            /// Whether no white space stands before it, in places where that changes the meaning.
            let isGlued: Bool
        }

        var tokens: [Piece] = []
        var comments: [[UInt8]] = []
        var facts: [String] = []

        init(
            _ bytes: UnsafeBufferPointer<UInt8>, _ file: String, _ quoting: Dialect.Quoting
        ) throws(SchemaError) {
            let source = SourceText(bytes: bytes, file: file)
            var splitter = StatementSplitter(bytes, quoting: quoting)
            while let piece = try splitter.next() {
                let statement = try StatementReader.statement(of: piece, in: source)
                var previous: Token?
                for token in piece.tokens {
                    tokens.append(Self.piece(token, behind: previous, in: source))
                    previous = token
                }
                if let delimiter = piece.delimiter {
                    tokens.append(
                        Piece(kind: .delimiter, text: source.text(delimiter), isGlued: false))
                }
                comments += (piece.leadingComments + piece.innerComments).map {
                    CommentText.trimmed($0, in: bytes)
                }
                facts += SourceFacts.lines(of: statement)
            }
            comments += splitter.trailingComments.map { CommentText.trimmed($0, in: bytes) }
        }

        private static func piece(
            _ token: Token, behind previous: Token?, in source: SourceText
        ) -> Piece {
            let text = source.text(token.range)
            let isGlued =
                previous.map {
                    $0.end == token.start && GlueRules.matters($0, token, in: source.bytes)
                } ?? false
            return Piece(
                kind: token.kind, text: token.kind == .word ? text.uppercased() : text,
                isGlued: isGlued)
        }
    }
}

/// Where white space between two tokens changes what they mean.
enum GlueRules {
    static func matters(
        _ left: Token, _ right: Token, in bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        switch (left.kind, right.kind) {
        case (.versionOpen, _), (.versionClose, _), (_, .versionOpen), (_, .versionClose):
            return false
        // `x'41'`, `_utf8mb4'a'`, `N'a'`; after other words a string stands for itself.
        case (.word, .string):
            return bytes[left.start] == UInt8(ascii: "_")
                || left.range.count == 1
                    && [UInt8(ascii: "x"), UInt8(ascii: "b"), UInt8(ascii: "n")].contains(
                        bytes[left.start] | 0x20)
        case (.symbol, .symbol): return isOperator(left, bytes) && isOperator(right, bytes)
        case (.symbol, _): return isJoint(left, bytes)
        case (_, .symbol): return isJoint(right, bytes)
        default: return false
        }
    }

    /// `.` and `@` join what stands beside them.
    private static func isJoint(_ token: Token, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes[token.start] == UInt8(ascii: ".") || bytes[token.start] == UInt8(ascii: "@")
    }

    /// Punctuation of which several bytes may be one operator.
    static func isOperator(_ token: Token, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard token.kind == .symbol else { return false }
        switch bytes[token.start] {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ";"):
            return false
        default: return true
        }
    }
}

/// What is read out of a statement, as lines of text without line numbers.
enum SourceFacts {
    static func lines(of statement: SourceStatement) -> [String] {
        var lines = ["\(statement.kind) in \(statement.database ?? "-")"]
        lines += statement.hints.map { "hint \($0.table) \($0.subject)" }
        guard let table = statement.table else { return lines + [statement.text] }
        lines.append(
            "like \(table.like.map { "\($0.database ?? "-").\($0.table)" } ?? "-") select \(table.isFromSelect)"
        )
        lines += table.columns.map(column)
        lines += table.definitions.map { "\($0.kind) \($0.name ?? "-")" }
        lines += table.keys.map { key in "\(key.kind) \(key.name ?? "-") \(parts(of: key))" }
        lines += table.foreignKeys.map { key in
            "foreign key \(key.name ?? "-") \(key.columns) \(reference(key.parent)) "
                + "\(key.parentColumns)"
        }
        lines += table.references.map(reference)
        let options = table.options
        let words = [options.engine, options.characterSet, options.collation]
        lines.append("options \(words.map { $0?.text ?? "-" }) \(options.hasComment)")
        return lines
    }

    private static func column(_ column: SourceTable.Column) -> String {
        let words = [column.characterSet, column.collation, column.defaultValue].map {
            $0?.text.uppercased().filter { !$0.isWhitespace } ?? "-"
        }
        let flags = [
            column.isUnsigned, column.isNotNull, column.isAutoIncrement, column.isGenerated,
            column.hasComment,
        ]
        return "column \(column.name) \(column.type.lowercased()) \(column.furtherTypeWords) "
            + "\(column.typeArguments.count) \(words) \(flags) \(column.key?.rawValue ?? "-") "
            + reference(column.reference)
    }

    /// Expressions are left out: they were compared token by token before.
    private static func parts(of key: SourceTable.Key) -> String {
        key.parts.map { part in
            "\(part.isExpression ? "expression" : part.text) \(part.length ?? 0) "
                + "\(part.isDescending)"
        }.joined(separator: ", ")
    }

    private static func reference(_ reference: SourceTable.Reference?) -> String {
        reference.map { "\($0.database ?? "-").\($0.table)" } ?? "-"
    }
}
