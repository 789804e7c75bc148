/// How each token of a `CREATE TABLE` is written, and where its lines break.
///
/// Names stay as they are: a word changes its case only where the grammar says that it is a
/// keyword or a type.
struct TableWords {
    /// Where a line begins, and how far in.
    enum Break: Hashable {
        case none
        /// A definition of the table, or its closing parenthesis.
        case line(indent: Int)
    }

    let tokens: [Token]
    let source: SourceText
    /// The text of every token as it is written.
    private(set) var texts: [String]
    private(set) var breaks: [Break]
    /// Whether a space stands before an opening parenthesis; where absent, as in the source.
    private(set) var spaces: [Int: Bool] = [:]
    /// Commas that no space follows: those between the numbers of a type.
    private(set) var tightCommas: Set<Int> = []
    /// `=` between an option and its value, without spaces.
    private(set) var tightSigns: Set<Int> = []
    /// Commas that end a definition.
    private(set) var endingCommas: Set<Int> = []
    /// The parentheses around the definitions.
    private(set) var body: ClosedRange<Int>?

    init(_ tokens: [Token], _ table: SourceTable, in source: SourceText) {
        self.tokens = tokens
        self.source = source
        texts = tokens.map { source.text($0.range) }
        breaks = Array(repeating: .none, count: tokens.count)
        guard let open = tokens.indices.first(where: { isSymbol($0, "(") }) else { return }
        let close = closing(open)
        body = open...close
        spaces[open] = true
        head(before: open)
        definitions(open, close, table.definitions.map(\.kind))
        breaks[close] = .line(indent: 0)
        options(from: close + 1)
    }

    // MARK: Tokens

    func isSymbol(_ index: Int, _ symbol: Unicode.Scalar) -> Bool {
        tokens.indices.contains(index) && tokens[index].kind == .symbol
            && source.bytes[tokens[index].start] == UInt8(ascii: symbol)
    }

    /// The word at `index`, in capitals; empty where none stands.
    private func word(_ index: Int) -> String {
        guard tokens.indices.contains(index), tokens[index].kind == .word else { return "" }
        return source.text(tokens[index].range).uppercased()
    }

    /// False for the marks of a version comment, `/*!80023` and `*/`.
    private func isLive(_ index: Int) -> Bool {
        tokens[index].kind != .versionOpen && tokens[index].kind != .versionClose
    }

    private func next(_ index: Int) -> Int {
        var index = index + 1
        while index < tokens.count, !isLive(index) { index += 1 }
        return index
    }

    /// The parenthesis that closes the one at `open`.
    private func closing(_ open: Int) -> Int {
        var depth = 0
        for index in open..<tokens.count {
            if isSymbol(index, "(") { depth += 1 }
            if isSymbol(index, ")") {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return tokens.count - 1
    }

    /// `range` from `index` on.
    private func rest(_ index: Int, _ range: Range<Int>) -> Range<Int> {
        min(index, range.upperBound)..<range.upperBound
    }

    private mutating func upper(_ index: Int) {
        if tokens.indices.contains(index), tokens[index].kind == .word {
            texts[index] = texts[index].uppercased()
        }
    }

    /// The index behind a name and its qualifiers: `database.table.column`.
    private func behindName(_ index: Int) -> Int {
        var index = next(index)
        while index < tokens.count, isSymbol(index, ".") { index = next(next(index)) }
        return index
    }

    // MARK: Head

    private mutating func head(before open: Int) {
        var index = 0
        while index < open, word(index) != "TABLE" {
            upper(index)
            index += 1
        }
        upper(index)
        if word(index + 1) == "IF", word(index + 2) == "NOT", word(index + 3) == "EXISTS" {
            for place in index + 1...index + 3 { upper(place) }
        }
    }

    // MARK: Definitions

    private mutating func definitions(
        _ open: Int, _ close: Int, _ kinds: [SourceTable.Definition.Kind]
    ) {
        var start = open + 1
        var place = 0
        var index = open + 1
        while index <= close {
            if isSymbol(index, "("), index < close {
                index = closing(index) + 1
                continue
            }
            if index == close || isSymbol(index, ",") {
                if index != close { endingCommas.insert(index) }
                definition(start..<index, place < kinds.count ? kinds[place] : .check)
                place += 1
                start = index + 1
            }
            index += 1
        }
    }

    private mutating func definition(
        _ range: Range<Int>, _ kind: SourceTable.Definition.Kind
    ) {
        guard !range.isEmpty else { return }
        breaks[range.lowerBound] = .line(indent: 2)
        guard let first = range.first(where: isLive) else { return }
        if kind == .column {
            column(first..<range.upperBound)
        } else {
            constraint(first..<range.upperBound, kind)
        }
    }

    private mutating func column(_ range: Range<Int>) {
        var index = behindName(range.lowerBound)
        guard index < range.upperBound else { return }
        let isList = ["ENUM", "SET"].contains(word(index))
        if isSymbol(next(index), ".") {
            index = behindName(index)
        } else {
            upper(index)
            index = next(index)
        }
        while index < range.upperBound, TableKeywords.typeWords.contains(word(index)),
            word(next(index)) != "SET"
        {
            upper(index)
            index = next(index)
        }
        if index < range.upperBound, isSymbol(index, "(") {
            let close = closing(index)
            spaces[index] = false
            for place in index..<close where !isList && isSymbol(place, ",") {
                tightCommas.insert(place)
            }
            index = next(close)
        }
        attributes(rest(index, range))
    }

    private mutating func constraint(
        _ range: Range<Int>, _ kind: SourceTable.Definition.Kind
    ) {
        var index = range.lowerBound
        if word(index) == "CONSTRAINT" {
            upper(index)
            index = next(index)
            if !TableKeywords.constraintStarts.contains(word(index)) { index = next(index) }
        }
        let second = TableKeywords.keyWords[word(index)] ?? []
        upper(index)
        index = next(index)
        if second.contains(word(index)) {
            upper(index)
            index = next(index)
        }
        if kind == .period { return names(rest(index, range)) }
        if kind == .check { return attributes(rest(index, range)) }
        if word(index) == "IF", word(next(index)) == "NOT" {
            for _ in 0..<3 {
                upper(index)
                index = next(index)
            }
        }
        if !isSymbol(index, "("), !(word(index) == "USING" && !isSymbol(next(index), "(")) {
            index = next(index)
        }
        while index < range.upperBound, !isSymbol(index, "(") {
            upper(index)
            index = next(index)
        }
        guard index < range.upperBound else { return }
        keyParts(index)
        attributes(rest(next(closing(index)), range))
    }

    /// `PERIOD FOR name (start, end)`.
    private mutating func names(_ range: Range<Int>) {
        for index in range where isSymbol(index, "(") { spaces[index] = true }
    }

    /// Reads the columns of a key between their parentheses.
    private mutating func keyParts(_ open: Int) {
        spaces[open] = true
        let close = closing(open)
        var index = next(open)
        while index < close {
            if isSymbol(index, "(") {
                expression(index...closing(index))
            } else {
                index = behindName(index)
                if isSymbol(index, "(") { spaces[index] = false }
            }
            if isSymbol(index, "(") { index = next(closing(index)) }
            while index < close, !isSymbol(index, ",") {
                if TableKeywords.partWords.contains(word(index)) { upper(index) }
                index = next(index)
            }
            index = next(index)
        }
    }

    // MARK: Attributes

    private mutating func attributes(_ range: Range<Int>) {
        var index = range.lowerBound
        while index < range.upperBound {
            if isSymbol(index, "(") {
                let close = closing(index)
                expression(index...close)
                if TableKeywords.beforeExpression.contains(word(index - 1)) { spaces[index] = true }
                index = close + 1
                continue
            }
            if isSymbol(index, "=") { tightSigns.insert(index) }
            index = attribute(index, range.upperBound)
        }
    }

    /// Writes one keyword in capitals and leaves its value as it is; returns the index behind both.
    private mutating func attribute(_ index: Int, _ end: Int) -> Int {
        let word = word(index)
        switch word {
        case "CHARACTER" where self.word(next(index)) == "SET",
            "CHAR" where self.word(next(index)) == "SET":
            upper(index)
            upper(next(index))
            return behindValue(next(index), end)
        case "CHARSET", "COLLATE", "PARSER":
            upper(index)
            return behindValue(index, end)
        case "CONSTRAINT":
            upper(index)
            return self.word(next(index)) == "CHECK" ? next(index) : next(next(index))
        case "REFERENCES":
            upper(index)
            let parenthesis = behindName(next(index))
            guard parenthesis < end, isSymbol(parenthesis, "(") else { return parenthesis }
            keyParts(parenthesis)
            return next(closing(parenthesis))
        default:
            if TableKeywords.attributes.contains(word) || TableKeywords.expression.contains(word) {
                upper(index)
            }
        }
        return index + 1
    }

    /// The index behind the value that follows a keyword, with or without `=` between them.
    private mutating func behindValue(_ keyword: Int, _ end: Int) -> Int {
        var index = next(keyword)
        if isSymbol(index, "=") {
            tightSigns.insert(index)
            index = next(index)
        }
        return min(end, next(index))
    }

    /// Writes those words of an expression in capitals that cannot be names; leaves the rest.
    private mutating func expression(_ range: ClosedRange<Int>) {
        for index in range
        where TableKeywords.expression.contains(word(index)) && !isSymbol(index - 1, ".") {
            upper(index)
        }
    }

    // MARK: Options

    private mutating func options(from start: Int) {
        var index = start
        while index < tokens.count {
            if word(index) == "PARTITION", word(next(index)) == "BY", !isSymbol(index - 1, ".") {
                let isMarked = index > start && tokens[index - 1].kind == .versionOpen
                breaks[isMarked ? index - 1 : index] = .line(indent: 0)
                return partitions(index..<tokens.count)
            }
            guard isLive(index), tokens[index].kind == .word else {
                if isSymbol(index, "=") { tightSigns.insert(index) }
                index += 1
                continue
            }
            index = option(index)
        }
    }

    /// Writes an option and its value; returns the index behind both.
    private mutating func option(_ start: Int) -> Int {
        var index = start
        let word = word(index)
        if TableKeywords.optionStarts.contains(word) {
            upper(index)
            return next(index)
        }
        let second = self.word(next(index))
        guard TableKeywords.options.contains(word) else {
            return isSymbol(next(index), "=") ? behindValue(index, tokens.count) : index + 1
        }
        upper(index)
        if TableKeywords.optionPairs.contains("\(word) \(second)") {
            index = next(index)
            upper(index)
        }
        return behindValue(index, tokens.count)
    }

    private mutating func partitions(_ range: Range<Int>) {
        var index = range.lowerBound
        while index < range.upperBound {
            if isSymbol(index, "(") {
                index = partitionGroup(index)
                continue
            }
            let word = word(index)
            switch word {
            case "PARTITION", "SUBPARTITION":
                upper(index)
                // A name follows, unless this begins `PARTITION BY`.
                index = self.word(next(index)) == "BY" ? index + 1 : next(next(index))
                continue
            case "ENGINE", "TABLESPACE", "COMMENT", "DIRECTORY", "NODEGROUP":
                upper(index)
                index = behindValue(index, range.upperBound)
                continue
            default:
                if TableKeywords.partitions.contains(word) { upper(index) }
                if isSymbol(index, "=") { tightSigns.insert(index) }
            }
            index += 1
        }
    }

    /// Writes the list of partitions, one per line, or the columns or values of one partition.
    private mutating func partitionGroup(_ open: Int) -> Int {
        let close = closing(open)
        if TableKeywords.beforeExpression.contains(word(open - 1)) { spaces[open] = true }
        let first = next(open)
        guard word(first) == "PARTITION" || word(first) == "SUBPARTITION" else {
            expression(open...close)
            return close + 1
        }
        spaces[open] = true
        if word(first) == "PARTITION" {
            breaks[first] = .line(indent: 2)
            breaks[close] = .line(indent: 0)
            var index = first
            while index < close {
                if isSymbol(index, "(") {
                    index = closing(index)
                } else if isSymbol(index, ",") {
                    endingCommas.insert(index)
                    if index + 1 < close { breaks[index + 1] = .line(indent: 2) }
                }
                index += 1
            }
        }
        partitions(first..<close)
        return close + 1
    }
}
