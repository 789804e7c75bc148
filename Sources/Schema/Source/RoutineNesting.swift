/// Counts the open blocks of a stored routine, so that a `;` within them ends no statement.
struct RoutineNesting {
    private enum Head { case open, routine, other }
    private enum Block { case statement, expression }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var head = Head.open
    private var isFirst = true
    private var blocks: [Block] = []
    private var previous = ""

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var depth: Int { blocks.count }

    mutating func see(_ token: Token) {
        guard head != .other else { return }
        switch token.kind {
        case .versionOpen, .versionClose, .end:
            // The content of a version comment is part of the statement, its marks are not.
            return
        case .number, .string, .quotedName:
            previous = ""
        case .symbol, .delimiter:
            previous = word(token)
        case .word:
            let word = word(token).uppercased()
            switch head {
            case .open: classify(word)
            case .routine: count(word)
            case .other: break
            }
            previous = word
        }
    }

    private func word(_ token: Token) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[token.range]), as: UTF8.self)
    }

    /// Tells by its first words whether the statement creates a routine.
    private mutating func classify(_ word: String) {
        defer { isFirst = false }
        if isFirst {
            // MariaDB's anonymous block is `BEGIN NOT ATOMIC`; `BEGIN` alone starts a transaction.
            head = word == "CREATE" || word == "BEGIN" ? .open : .other
        } else if previous == "BEGIN" {
            head = word == "NOT" ? .routine : .other
            if head == .routine { blocks.append(.statement) }
        } else if previous == "=" || previous == "@" {
            return
        } else if Self.routines.contains(word) {
            head = .routine
        } else if !Self.modifiers.contains(word) {
            head = .other
        }
    }

    private static let routines: Set = ["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"]
    private static let modifiers: Set = [
        "OR", "REPLACE", "DEFINER", "AGGREGATE", "SQL", "SECURITY", "INVOKER",
    ]

    private mutating func count(_ word: String) {
        let isBehindEnd = previous == "END"
        switch word {
        case "BEGIN":
            blocks.append(.statement)
        case "CASE" where !isBehindEnd:
            blocks.append(startsStatement ? .statement : .expression)
        case "IF", "LOOP", "REPEAT", "WHILE", "FOR":
            if !isBehindEnd, startsStatement, word != "FOR" || !blocks.isEmpty {
                blocks.append(.statement)
            }
        case "END":
            _ = blocks.popLast()
        default:
            break
        }
    }

    /// Whether a statement may begin here; a body may be one block without `BEGIN`.
    private var startsStatement: Bool {
        switch blocks.last {
        case .expression: false
        case .statement:
            [";", "BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", ":"].contains(previous)
        case nil:
            ["ROW", "DO", ")", ":"].contains(previous)
        }
    }
}
