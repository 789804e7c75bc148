/// What the code of a view, trigger, routine or event may touch outside of its own database.
///
/// Read from the words of its text, without running it. Nothing is refused because of it; plans
/// show it to reviewers.
package enum ObjectReach: Hashable, Sendable {
    /// It runs with the privileges of this account, as written: its `DEFINER`.
    case definer(String)
    /// It runs statements that it builds as text: `PREPARE`, `EXECUTE`.
    case dynamicSQL
    /// It reads or writes files on the server's host.
    case files
    /// It names this database.
    case database(String)
    /// It changes accounts, privileges or settings of the server.
    case administration
}

extension ObjectDefinition {
    /// All that the text tells, each once, in a fixed order.
    package var reach: [ObjectReach] {
        var copy = create
        let found = copy.withUTF8 { bytes -> [ObjectReach] in
            guard let header = ObjectHeader(bytes), let tokens = ObjectHeader.tokens(of: bytes)
            else { return [] }
            let body = tokens.filter { $0.start >= header.nameEnd }
            var reader = ReachReader(TokenCursor(body, in: SourceText(bytes: bytes, file: "")))
            return reader.read()
        }
        return definer.map { [.definer($0)] + found } ?? found
    }
}

/// Reads the tokens behind an object's name.
private struct ReachReader {
    var cursor: TokenCursor
    private var databases: [String] = []
    private var marks: Set<ObjectReach> = []

    init(_ cursor: TokenCursor) { self.cursor = cursor }

    mutating func read() -> [ObjectReach] {
        while cursor.token != nil {
            readMark()
            readName()
            cursor.advance()
        }
        return [.dynamicSQL, .files, .administration].filter(marks.contains)
            + databases.map(ObjectReach.database)
    }

    private mutating func readMark() {
        switch cursor.word() {
        case "PREPARE", "EXECUTE": marks.insert(.dynamicSQL)
        case "OUTFILE", "DUMPFILE": marks.insert(.files)
        case "LOAD_FILE" where cursor.at(symbol: "(", ahead: 1): marks.insert(.files)
        case "LOAD" where cursor.at(anyOf: ["DATA", "XML"], ahead: 1): marks.insert(.files)
        case "GRANT", "REVOKE", "SHUTDOWN", "INSTALL", "UNINSTALL":
            marks.insert(.administration)
        case "CREATE" where cursor.at(anyOf: Self.accounts, ahead: 1),
            "ALTER" where cursor.at(anyOf: Self.accounts, ahead: 1),
            "DROP" where cursor.at(anyOf: Self.accounts, ahead: 1),
            "RENAME" where cursor.at("USER", ahead: 1):
            marks.insert(.administration)
        case "SET" where cursor.at(anyOf: ["GLOBAL", "PERSIST", "PERSIST_ONLY"], ahead: 1):
            marks.insert(.administration)
        case "GLOBAL" where cursor.at(symbol: ".", ahead: 1): marks.insert(.administration)
        default: break
        }
    }

    private static let accounts: Set = ["USER", "ROLE", "DATABASE", "SCHEMA", "SERVER"]

    /// Reads `database.table` behind a word such as FROM, `database.function(` or
    /// `database.table.column`.
    private mutating func readName() {
        var ahead = cursor
        guard !cursor.isSymbol(".", behind: 1), let name = ahead.takeQualifiedName(),
            let database = name.database
        else { return }
        let isThree = ahead.at(symbol: ".")
        let isCall = ahead.at(symbol: "(")
        guard isThree || isCall || cursor.isBehind(Self.beforeTables) else { return }
        guard !["NEW", "OLD"].contains(database.uppercased()), !databases.contains(database)
        else { return }
        databases.append(database)
    }

    private static let beforeTables: Set = [
        "FROM", "JOIN", "INTO", "UPDATE", "CALL", "TABLE", "STRAIGHT_JOIN", "REPLACE", "INSERT",
    ]
}

extension TokenCursor {
    fileprivate func isBehind(_ words: Set<String>) -> Bool {
        index > 0 && at(anyOf: words, ahead: -1)
    }

    fileprivate func isSymbol(_ symbol: Unicode.Scalar, behind count: Int) -> Bool {
        index >= count && at(symbol: symbol, ahead: -count)
    }
}
