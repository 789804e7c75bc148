/// Rewrites the SQL files of a repository into one layout.
///
/// Every `CREATE TABLE` with columns gets one definition per line, keywords and types in
/// capitals, and its comments where they were. Other statements stay as
/// they are, byte by byte.
package enum ScriptFormatter {
    /// The canonical form of a file; the same bytes where it has it already.
    ///
    /// Throws at the first text that no supported server accepts, and `notPreserved` where the new
    /// text would not mean the same as the old one.
    ///
    /// - Parameter quoting: which SQL modes decide where strings and quoted names end.
    package static func formatted(
        _ bytes: [UInt8], file: String, quoting: Dialect.Quoting = .usual
    ) throws(SchemaError) -> [UInt8] {
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(SchemaError) in
                let formatted = try formatted(buffer, file: file, quoting)
                try FormatProof.check(buffer, formatted, file: file, quoting: quoting)
                return formatted
            }
        }
        return try result.mapError { $0.inFile(file) }.get()
    }

    private static func formatted(
        _ bytes: UnsafeBufferPointer<UInt8>, file: String, _ quoting: Dialect.Quoting
    ) throws(SchemaError) -> [UInt8] {
        try SQLScript.requireUTF8(bytes)
        let source = SourceText(bytes: bytes, file: file)
        var splitter = StatementSplitter(bytes, quoting: quoting)
        var result = GapWriter(source)
        while let piece = try splitter.next() {
            let statement = try StatementReader.statement(of: piece, in: source)
            var text: [UInt8]?
            if let table = statement.table, isRewritten(statement, piece, bytes) {
                text = TableLayout.text(of: piece, table, in: source)
            }
            result.add(piece, text)
        }
        return result.finish(splitter.trailingComments)
    }

    /// Whether a statement is laid out anew: a `CREATE TABLE` with columns of its own that ends
    /// with `;` or with the file.
    private static func isRewritten(
        _ statement: SourceStatement, _ piece: StatementPiece, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard let table = statement.table, table.like == nil, !table.isFromSelect else {
            return false
        }
        return piece.delimiter.map { bytes[$0].elementsEqual([UInt8(ascii: ";")]) } ?? true
    }
}

/// Puts statements together again, each with the white space and comments before it.
struct GapWriter {
    private let source: SourceText
    private var text: [UInt8] = []
    private var previous: (end: Int, isRewritten: Bool, piece: StatementPiece)?

    init(_ source: SourceText) {
        self.source = source
    }

    /// Adds a statement; `rewritten` is nil where its text stays as it is.
    mutating func add(_ piece: StatementPiece, _ rewritten: [UInt8]?) {
        let gap = (previous?.end ?? 0)..<piece.range.lowerBound
        addGap(gap, piece.leadingComments, isBeforeRewritten: rewritten != nil, isLast: false)
        text += rewritten ?? Array(source.bytes[piece.range])
        previous = (piece.range.upperBound, rewritten != nil, piece)
    }

    /// The whole text, with the comments behind the last statement.
    mutating func finish(_ trailingComments: [Range<Int>]) -> [UInt8] {
        let gap = (previous?.end ?? 0)..<source.bytes.count
        addGap(gap, trailingComments, isBeforeRewritten: false, isLast: true)
        return text
    }

    private mutating func addGap(
        _ gap: Range<Int>, _ leading: [Range<Int>], isBeforeRewritten: Bool, isLast: Bool
    ) {
        var gap = gap
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if gap.lowerBound == 0, source.bytes[gap].starts(with: byteOrderMark) {
            text += byteOrderMark
            gap = min(3, gap.upperBound)..<gap.upperBound
        }
        let behind = (previous?.piece.innerComments ?? []).filter {
            $0.lowerBound >= gap.lowerBound
        }
        let comments = behind + leading
        let isTouched = isBeforeRewritten || previous?.isRewritten ?? false
        guard isTouched, isPlain(gap, comments) else {
            text += Array(source.bytes[gap])
            return
        }
        addPlain(gap, comments, isLast: isLast)
    }

    /// Whether the gap holds nothing but white space, comments and the terminator `;`.
    private func isPlain(_ gap: Range<Int>, _ comments: [Range<Int>]) -> Bool {
        let delimiter = previous?.piece.delimiter
        if let delimiter, !source.bytes[delimiter].elementsEqual([UInt8(ascii: ";")]) {
            return false
        }
        let known = comments + (delimiter.map { [$0] } ?? [])
        var position = gap.lowerBound
        for range in known.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard range.lowerBound >= position else { return false }
            if !isBlank(position..<range.lowerBound) { return false }
            position = range.upperBound
        }
        return isBlank(position..<gap.upperBound)
    }

    private func isBlank(_ range: Range<Int>) -> Bool {
        source.bytes[range].allSatisfy { $0 <= 0x20 }
    }

    /// Writes the terminator, then comments of the same line, then the others on lines of their
    /// own; an empty line follows a statement, and stands elsewhere where the source had one.
    private mutating func addPlain(_ gap: Range<Int>, _ comments: [Range<Int>], isLast: Bool) {
        var position = gap.lowerBound
        // Whether what is written next would stand on the statement's last line.
        var isBehindStatement = previous != nil
        var isBehindLineComment = false
        var isFirst = previous == nil
        let delimiter = previous?.piece.delimiter
        if delimiter != nil { text.append(UInt8(ascii: ";")) }
        for comment in comments {
            if let delimiter, position < delimiter.upperBound,
                comment.lowerBound >= delimiter.upperBound
            {
                position = delimiter.upperBound
            }
            let breaks = breaks(in: position..<comment.lowerBound)
            if isFirst {
                isFirst = false
            } else if isBehindStatement, breaks == 0, !isBehindLineComment {
                text.append(UInt8(ascii: " "))
            } else {
                addBreaks(isBehindStatement || breaks > 1 ? 2 : 1)
                isBehindStatement = false
            }
            text += CommentText.trimmed(comment, in: source.bytes)
            isBehindLineComment = CommentText.isLine(comment, in: source.bytes)
            position = comment.upperBound
        }
        if let delimiter, position < delimiter.upperBound { position = delimiter.upperBound }
        if isLast {
            addBreaks(1)
        } else if !isFirst {
            let breaks = breaks(in: position..<gap.upperBound)
            addBreaks(isBehindStatement || breaks > 1 ? 2 : 1)
        }
    }

    private mutating func addBreaks(_ count: Int) {
        text += Array(repeating: UInt8(ascii: "\n"), count: count)
    }

    private func breaks(in range: Range<Int>) -> Int {
        source.bytes[range].count { $0 == UInt8(ascii: "\n") }
    }
}

/// The text of comments.
enum CommentText {
    /// Without the white space at its end.
    static func trimmed(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1] <= 0x20 { end -= 1 }
        return Array(bytes[range.lowerBound..<end])
    }

    /// Whether the comment ends with its line.
    static func isLine(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes[range.lowerBound] != UInt8(ascii: "/")
    }
}
