/// Reads one line of `SHOW GRANTS`, of MySQL or MariaDB.
///
/// `GRANT SELECT, INSERT (a, b) ON `shop\_%`.* TO `u`@`%` …`, `REVOKE … FROM …` for partial
/// revokes, and ``GRANT `role` TO `u`@`%` `` for roles.
struct GrantReader {
    enum Statement: Equatable {
        case grant(Grants.Entry)
        case revoke(Grants.Entry)
        case role([String])
    }

    private enum Token: Equatable {
        case word(String)
        case quoted(String)
        case symbol(Character)
    }

    private let tokens: [Token]
    private var place = 0

    init(_ line: String) {
        tokens = Self.tokens(line)
    }

    /// The statement; nil where the line is none that it knows.
    mutating func statement() -> Statement? {
        // MariaDB prints `SET DEFAULT ROLE …` after the grants.
        if skip("SET") { return .role([]) }
        let isRevoke = skip("REVOKE")
        guard isRevoke || skip("GRANT") else { return nil }
        if let names = roleNames() { return .role(names) }
        var privileges: Set<String> = []
        var onColumns: Set<String> = []
        repeat {
            guard let name = privilege() else { return nil }
            if symbol("(") {
                while place < tokens.count, !symbol(")") { place += 1 }
                onColumns.insert(name)
            } else {
                privileges.insert(name)
            }
        } while symbol(",")
        guard skip("ON"), let scope = scope(), skip(isRevoke ? "FROM" : "TO") else { return nil }
        let isAll = privileges.remove("ALL PRIVILEGES") != nil || privileges.remove("ALL") != nil
        let entry = Grants.Entry(
            grantee: account(), scope: scope, privileges: privileges, isAll: isAll,
            onColumns: onColumns)
        return isRevoke ? .revoke(entry) : .grant(entry)
    }

    // MARK: Parts

    /// The names before `TO` where there is no `ON`: roles.
    private mutating func roleNames() -> [String]? {
        let head = tokens[place...].prefix { !Self.isWord($0, "TO") && !Self.isWord($0, "FROM") }
        guard head.count < tokens.count - place, !head.isEmpty,
            !head.contains(where: { Self.isWord($0, "ON") })
        else { return nil }
        var names: [String] = []
        var isNext = true
        for token in head {
            switch token {
            case .symbol(","): isNext = true
            case .symbol: isNext = false
            case .word(let name), .quoted(let name):
                if isNext { names.append(name) }
                isNext = false
            }
        }
        return names
    }

    /// One or several words: `SELECT`, `CREATE TEMPORARY TABLES`.
    private mutating func privilege() -> String? {
        var words: [String] = []
        while place < tokens.count, case .word(let word) = tokens[place],
            word.uppercased() != "ON"
        {
            words.append(word.uppercased())
            place += 1
        }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    private mutating func scope() -> Grants.Scope? {
        for kind in ["FUNCTION", "PROCEDURE", "PACKAGE"] where skip(kind) {
            _ = skip("BODY")
            let (database, _, routine) = (name(), symbol("."), name())
            guard kind == "PROCEDURE", let database, let database, let routine, let routine else {
                return .routine
            }
            return .procedure(database: database, name: routine)
        }
        // `GRANT PROXY ON ''@'' TO …` is about accounts.
        guard let first = name() else { return nil }
        if symbol("@") {
            _ = name()
            return .routine
        }
        guard symbol("."), let second = name() else { return nil }
        switch (first, second) {
        case (nil, nil): return .global
        case (let database?, nil): return .database(database)
        case (let database?, let table?): return .table(database: database, table: table)
        case (nil, .some): return nil
        }
    }

    private mutating func account() -> String {
        var text = ""
        while place < tokens.count {
            switch tokens[place] {
            case .quoted(let name): text += "'\(name)'"
            case .symbol("@"): text += "@"
            case .symbol: return text
            case .word(let word):
                let ends = ["WITH", "IDENTIFIED", "REQUIRE"].contains(word.uppercased())
                if ends || !(text.isEmpty || text.hasSuffix("@")) { return text }
                text += "'\(word)'"
            }
            place += 1
        }
        return text
    }

    /// A name; `.some(nil)` for `*`; nil where there is neither.
    private mutating func name() -> String?? {
        guard place < tokens.count else { return nil }
        defer { place += 1 }
        switch tokens[place] {
        case .quoted(let name), .word(let name): return .some(name)
        case .symbol("*"): return .some(nil)
        case .symbol:
            place -= 1
            return nil
        }
    }

    private mutating func skip(_ word: String) -> Bool {
        guard place < tokens.count, Self.isWord(tokens[place], word) else { return false }
        place += 1
        return true
    }

    private mutating func symbol(_ character: Character) -> Bool {
        guard place < tokens.count, tokens[place] == .symbol(character) else { return false }
        place += 1
        return true
    }

    private static func isWord(_ token: Token, _ word: String) -> Bool {
        guard case .word(let text) = token else { return false }
        return text.uppercased() == word
    }

    // MARK: Tokens

    private static func tokens(_ line: String) -> [Token] {
        var tokens: [Token] = []
        var rest = Substring(line)
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "`" || first == "'" || first == "\"" {
                tokens.append(.quoted(quoted(&rest, by: first)))
            } else if isWordCharacter(first) {
                let word = rest.prefix(while: isWordCharacter)
                tokens.append(.word(String(word)))
                rest = rest[word.endIndex...]
            } else {
                tokens.append(.symbol(first))
                rest.removeFirst()
            }
        }
        return tokens
    }

    private static func isWordCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "$"
    }

    /// The text between quotes; a doubled quote stands for one. Backslashes are kept: in the name
    /// of a database they are part of the pattern.
    private static func quoted(_ rest: inout Substring, by quote: Character) -> String {
        rest.removeFirst()
        var result = ""
        while let character = rest.popFirst() {
            if character == quote {
                guard rest.first == quote else { return result }
                rest.removeFirst()
            }
            result.append(character)
        }
        return result
    }
}
