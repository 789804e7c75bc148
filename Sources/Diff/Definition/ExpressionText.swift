import Schema

/// Column names inside expressions, which servers print between backticks.
enum ExpressionText {
    /// `text` with quoted column names replaced; string literals are left alone.
    static func renaming(columns names: [String: String], in text: String) -> String {
        var result = ""
        for piece in pieces(of: text) {
            switch piece {
            case .other(let part), .literal(let part): result += part
            case .identifier(let name): result += SQL.identifier(names[name] ?? name)
            }
        }
        return result
    }

    /// `text` with quoted column names replaced by what `values` has for them.
    static func replacing(columns values: [String: String], in text: String) -> String {
        pieces(of: text).map { piece in
            switch piece {
            case .other(let part), .literal(let part): part
            case .identifier(let name): values[name] ?? SQL.identifier(name)
            }
        }.joined()
    }

    /// True where the expression names the column.
    static func mentions(_ column: String, in text: String) -> Bool {
        pieces(of: text).contains { piece in
            switch piece {
            case .other, .literal: false
            case .identifier(let name): name.sameName(as: column)
            }
        }
    }

    /// True where the expression calls a function of one of `names`, which are in lower case.
    static func calls(_ names: Set<String>, in text: String) -> Bool {
        pieces(of: text).contains { piece in
            guard case .other(let part) = piece else { return false }
            return part.split(separator: "(").contains { before in
                let word = before.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                let isCalled = before.endIndex < part.endIndex
                return isCalled && names.contains(String(word.reversed()).lowercased())
            }
        }
    }

    /// The calls of functions of these names, in lower case, each with how many arguments it has.
    static func argumentCounts(of names: Set<String>, in text: String) -> [(String, Int)] {
        let bare = pieces(of: text).map { piece in
            if case .other(let part) = piece { part } else { "0" }
        }.joined()
        var result: [(String, Int)] = []
        var open: [(name: String, count: Int)] = []
        var word = ""
        for character in bare.lowercased() {
            switch character {
            case "(":
                if let last = open.indices.last { open[last].count = max(open[last].count, 1) }
                open.append((word, 0))
            case ")":
                if let call = open.popLast(), names.contains(call.name) {
                    result.append((call.name, call.count))
                }
            case ",":
                if !open.isEmpty { open[open.count - 1].count += 1 }
            default:
                if !character.isWhitespace, let last = open.indices.last, open[last].count == 0 {
                    open[last].count = 1
                }
            }
            word = character.isLetter || character == "_" ? word + String(character) : ""
        }
        return result
    }

    /// True where the text names the column without backticks, as MySQL prints it in `PARTITION
    /// BY`.
    static func mentionsBare(_ column: String, in text: String) -> Bool {
        pieces(of: text).contains { piece in
            guard case .other(let words) = piece else { return false }
            return words.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }
                .contains { String($0).sameName(as: column) }
        }
    }

    /// `text` with the line breaks that the server prints between parts as single blanks.
    static func onOneLine(_ text: String) -> String {
        guard text.contains("\n") else { return text }
        return pieces(of: text).map { piece in
            switch piece {
            case .identifier(let name): SQL.identifier(name)
            case .literal(let part): part
            case .other(let part):
                part.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                    .map { $0.offset == 0 ? $0.element : $0.element.drop { $0 == " " } }
                    .joined(separator: " ")
            }
        }.joined()
    }

    private enum Piece {
        case identifier(String)
        case literal(String)
        case other(String)
    }

    private static func pieces(of text: String) -> [Piece] {
        var result: [Piece] = []
        var other = ""
        var rest = text[...]
        while let character = rest.first {
            switch character {
            case "`":
                let isSequence = opensSequence(other)
                if !other.isEmpty { result.append(.other(other)) }
                other = ""
                rest.removeFirst()
                let name = readIdentifier(&rest)
                result.append(isSequence ? .literal(SQL.identifier(name)) : .identifier(name))
            case "'", "\"":
                if !other.isEmpty { result.append(.other(other)) }
                other = ""
                result.append(.literal(readString(&rest, quote: character)))
            default:
                other.append(character)
                rest.removeFirst()
            }
        }
        if !other.isEmpty { result.append(.other(other)) }
        return result
    }

    /// Whether the name behind `text` is that of a sequence: ``nextval(`s`)``.
    private static func opensSequence(_ text: String) -> Bool {
        let end = text.suffix("nextval(".count).lowercased()
        return end == "nextval(" || end == "lastval("
    }

    private static func readIdentifier(_ rest: inout Substring) -> String {
        var name = ""
        while let character = rest.popFirst() {
            if character == "`" {
                guard rest.first == "`" else { break }
                rest.removeFirst()
            }
            name.append(character)
        }
        return name
    }

    private static func readString(_ rest: inout Substring, quote: Character) -> String {
        var literal = String(rest.removeFirst())
        while let character = rest.popFirst() {
            literal.append(character)
            if character == "\\", let escaped = rest.popFirst() {
                literal.append(escaped)
            } else if character == quote {
                break
            }
        }
        return literal
    }
}
