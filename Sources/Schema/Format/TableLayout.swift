/// Writes the tokens and comments of one `CREATE TABLE`, one definition per line.
struct TableLayout {
    private let source: SourceText
    private let tokens: [Token]
    private let words: TableWords
    /// The comments before each token.
    private let comments: [[Comment]]
    private var text: [UInt8] = []
    /// Comments of a definition that are written behind its comma.
    private var deferred: [Comment] = []
    private var isBehindLineComment = false

    private struct Comment {
        let text: [UInt8]
        let isLine: Bool
        /// Line feeds between it and the token or comment before it.
        let breaksBefore: Int
        /// Whether a line feed follows it.
        let endsLine: Bool
    }

    static func text(
        of piece: StatementPiece, _ table: SourceTable, in source: SourceText
    ) -> [UInt8] {
        var layout = TableLayout(piece, table, in: source)
        layout.write()
        return layout.text
    }

    private init(_ piece: StatementPiece, _ table: SourceTable, in source: SourceText) {
        self.source = source
        tokens = piece.tokens
        words = TableWords(piece.tokens, table, in: source)
        comments = Self.comments(of: piece, in: source)
    }

    private static func comments(
        of piece: StatementPiece, in source: SourceText
    ) -> [[Comment]] {
        var result: [[Comment]] = Array(repeating: [], count: piece.tokens.count)
        var place = 0
        var position = piece.range.lowerBound
        let inner = piece.innerComments.filter { $0.upperBound <= piece.range.upperBound }
        for range in inner {
            while place < piece.tokens.count, piece.tokens[place].start < range.lowerBound {
                position = max(position, piece.tokens[place].end)
                place += 1
            }
            guard place < piece.tokens.count else { break }
            let isLine = CommentText.isLine(range, in: source.bytes)
            var next = range.upperBound
            while next < source.bytes.count, source.bytes[next] <= 0x20,
                source.bytes[next] != UInt8(ascii: "\n")
            { next += 1 }
            let isBreak = next < source.bytes.count && source.bytes[next] == UInt8(ascii: "\n")
            result[place].append(
                Comment(
                    text: CommentText.trimmed(range, in: source.bytes), isLine: isLine,
                    breaksBefore: breaks(position..<range.lowerBound, in: source),
                    endsLine: isLine || isBreak))
            position = range.upperBound
        }
        return result
    }

    private static func breaks(_ range: Range<Int>, in source: SourceText) -> Int {
        source.bytes[range].count { $0 == UInt8(ascii: "\n") }
    }

    // MARK: Writing

    private mutating func write() {
        for index in tokens.indices {
            if case .line(let indent) = words.breaks[index] {
                beginLine(index, indent)
            } else if words.endingCommas.contains(index) {
                deferred += comments[index]
            } else {
                continueLine(index)
            }
            text += Array(words.texts[index].utf8)
            isBehindLineComment = false
            if words.endingCommas.contains(index) { addTrailing(behindComma: index) }
        }
    }

    /// Writes the comments that stand on the definition's own line behind its comma; the others
    /// are written above the next definition.
    private mutating func addTrailing(behindComma index: Int) {
        let trailing = deferred.prefix { $0.breaksBefore == 0 }
        for comment in trailing { addInline(comment) }
        deferred.removeFirst(trailing.count)
    }

    private mutating func addInline(_ comment: Comment) {
        text.append(UInt8(ascii: " "))
        text += comment.text
        isBehindLineComment = comment.isLine
    }

    /// Writes the first token of a definition, or a parenthesis on a line of its own.
    private mutating func beginLine(_ index: Int, _ indent: Int) {
        let isClosing = words.isSymbol(index, ")")
        let isFirst = index > 0 && words.isSymbol(index - 1, "(")
        let trailing = trailingCount(before: index, isDefinition: !isClosing && indent > 0)
        for comment in comments[index].prefix(trailing) { addInline(comment) }
        let above = deferred + comments[index].dropFirst(trailing)
        deferred = []
        var isLineOpen = false
        for (place, comment) in above.enumerated() {
            if isLineOpen, comment.breaksBefore == 0 {
                addInline(comment)
            } else {
                startLine(
                    isClosing ? indent + 2 : indent,
                    afterBlank: comment.breaksBefore > 1 && !(isFirst && place == 0))
                text += comment.text
            }
            isLineOpen = !comment.endsLine
        }
        if isLineOpen, !isClosing, indent > 0 {
            text.append(UInt8(ascii: " "))
        } else {
            let canHaveBlank = !isClosing && indent > 0 && !(isFirst && above.isEmpty)
            startLine(indent, afterBlank: canHaveBlank && breaksBefore(index) > 1)
        }
    }

    /// How many of the comments before a line's first token belong at the end of the line before.
    private func trailingCount(before index: Int, isDefinition: Bool) -> Int {
        guard index > 0, deferred.isEmpty, !isBehindLineComment else { return 0 }
        let isBehindComma = words.endingCommas.contains(index - 1)
        if isBehindComma, isCommaFirst(index - 1) { return 0 }
        let beside = comments[index].prefix { $0.breaksBefore == 0 }
        // A comment between a comma and a definition on one line belongs to the definition.
        if isBehindComma, isDefinition, beside.count == comments[index].count,
            beside.last?.endsLine == false
        {
            return 0
        }
        return beside.count
    }

    /// Whether a comma stands at the start of its line, as in lists written `, name` per line.
    private func isCommaFirst(_ index: Int) -> Bool {
        index > 0 && Self.breaks(tokens[index - 1].end..<tokens[index].start, in: source) > 0
            && !comments[index].contains { !$0.isLine && !$0.endsLine }
    }

    /// Line feeds between a token and the token or comment before it.
    private func breaksBefore(_ index: Int) -> Int {
        guard index > 0 else { return 0 }
        var position = tokens[index].start
        var count = 0
        while position > tokens[index - 1].end, source.bytes[position - 1] <= 0x20 {
            position -= 1
            if source.bytes[position] == UInt8(ascii: "\n") { count += 1 }
        }
        return count
    }

    private mutating func startLine(_ indent: Int, afterBlank: Bool) {
        text.append(UInt8(ascii: "\n"))
        if afterBlank { text.append(UInt8(ascii: "\n")) }
        text += Array(repeating: UInt8(ascii: " "), count: indent)
    }

    /// Writes a token within a definition, the head or the options, with the comments before it.
    private mutating func continueLine(_ index: Int) {
        let isInBody = words.body.map { $0.contains(index) } ?? false
        let indent = isInBody ? 4 : 2
        var needsLine = false
        for comment in comments[index] {
            if needsLine || comment.breaksBefore > 0 {
                startLine(indent, afterBlank: false)
                text += comment.text
            } else if index > 0, words.isSymbol(index - 1, "("), text.last == UInt8(ascii: "(") {
                text += comment.text
            } else {
                addInline(comment)
            }
            needsLine = comment.isLine || comment.breaksBefore > 0 && comment.endsLine
        }
        if needsLine {
            startLine(indent, afterBlank: false)
        } else if index > 0, hasSpace(before: index, behindComment: !comments[index].isEmpty) {
            text.append(UInt8(ascii: " "))
        }
    }

    // MARK: Spaces

    private func hasSpace(before index: Int, behindComment: Bool) -> Bool {
        let (left, right) = (tokens[index - 1], tokens[index])
        if words.isSymbol(index, ",") || words.isSymbol(index, ")") { return false }
        if behindComment { return true }
        if words.isSymbol(index - 1, "(") { return false }
        if words.isSymbol(index - 1, ",") { return !words.tightCommas.contains(index - 1) }
        let isGlued = left.end == right.start
        if right.kind == .versionOpen || right.kind == .versionClose || left.kind == .versionOpen
            || left.kind == .versionClose
        {
            return true
        }
        if GlueRules.matters(left, right, in: source.bytes) { return !isGlued }
        if words.tightSigns.contains(index) || words.tightSigns.contains(index - 1) {
            return false
        }
        if words.isSymbol(index, "(") { return words.spaces[index] ?? !isGlued }
        let isOperator =
            GlueRules.isOperator(left, source.bytes) || GlueRules.isOperator(right, source.bytes)
        return isOperator ? !isGlued : true
    }
}
