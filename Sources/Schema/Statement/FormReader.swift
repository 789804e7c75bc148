/// Reads a statement and accounts for every token of it: one that its form does not allow is
/// refused.
///
/// The form of each kind of object is an extension in a file of its own.
struct FormReader {
    var cursor: TokenCursor
    let permissions: StatementText.Permissions
    /// Indices of tokens that are left out of what is sent, such as `IF NOT EXISTS`.
    private(set) var omittedTokens: Set<Int> = []
    /// Functions that a view calls and that are not built into the servers, as written.
    var calls: Set<String> = []
    /// Whether the statement is one that the product made, which may have what servers print and
    /// files may not write: options of a storage engine by their names.
    var isMade = false
    /// The first words of the definitions and clauses that were read.
    var parts: [String] = []
    /// The columns that are dropped, in lower case.
    var dropped: Set<String> = []

    init(_ cursor: TokenCursor, allowing permissions: StatementText.Permissions) {
        self.cursor = cursor
        self.permissions = permissions
    }

    /// Reads the statement from its first token to its last.
    mutating func statement() throws(SchemaError) -> ObjectName {
        try expect("CREATE")
        var prefix = Prefix()
        while let clause = try prefixClause() { prefix.insert(clause) }
        guard let kind = cursor.word().flatMap({ Self.kinds[$0] }) else {
            throw refusal(
                "the statement does not create a table, view, trigger, routine, event or "
                    + "sequence", remedy: "remove it")
        }
        try require(prefix, fits: kind)
        cursor.advance()
        if cursor.at("IF"), cursor.at("NOT", ahead: 1), cursor.at("EXISTS", ahead: 2) {
            leaveOut(3)
        }
        let name = ObjectName(kind, try ownName(kind))
        switch kind {
        case .table: try table(name.name)
        case .view: try view()
        case .trigger: try trigger()
        case .procedure, .function: try routine(kind)
        case .event: try event()
        case .sequence: try sequence()
        }
        guard cursor.token == nil else { throw unknown() }
        return name
    }

    private static let kinds: [String: ObjectName.Kind] = [
        "TABLE": .table, "VIEW": .view, "TRIGGER": .trigger, "PROCEDURE": .procedure,
        "FUNCTION": .function, "EVENT": .event, "SEQUENCE": .sequence,
    ]

    // MARK: Before the kind

    private struct Prefix: OptionSet {
        let rawValue: Int
        static let orReplace = Prefix(rawValue: 1)
        static let definer = Prefix(rawValue: 2)
        static let algorithm = Prefix(rawValue: 4)
        static let security = Prefix(rawValue: 8)
        static let aggregate = Prefix(rawValue: 16)
    }

    private mutating func prefixClause() throws(SchemaError) -> Prefix? {
        if cursor.at("OR"), cursor.at("REPLACE", ahead: 1) {
            leaveOut(2)
            return .orReplace
        }
        if cursor.at("DEFINER"), cursor.at(symbol: "=", ahead: 1) {
            cursor.skipDefiner()
            return .definer
        }
        if cursor.at("ALGORITHM"), cursor.at(symbol: "=", ahead: 1) {
            cursor.advance()
            cursor.advance()
            try expect(anyOf: ["UNDEFINED", "MERGE", "TEMPTABLE"])
            return .algorithm
        }
        if cursor.at("SQL"), cursor.at("SECURITY", ahead: 1) {
            cursor.advance()
            cursor.advance()
            try expect(anyOf: ["DEFINER", "INVOKER"])
            return .security
        }
        return cursor.take("AGGREGATE") ? .aggregate : nil
    }

    private func require(_ prefix: Prefix, fits kind: ObjectName.Kind) throws(SchemaError) {
        let allowed: Prefix =
            switch kind {
            case .table: []
            case .sequence: .orReplace
            case .view: [.orReplace, .definer, .algorithm, .security]
            case .trigger, .procedure, .event: [.orReplace, .definer]
            case .function: [.orReplace, .definer, .aggregate]
            }
        guard prefix.isSubset(of: allowed) else {
            throw refusal("what stands before \(kind.rawValue.uppercased()) does not belong there")
        }
    }

    /// Skips words that are left out of what is sent.
    private mutating func leaveOut(_ count: Int) {
        for _ in 0..<count {
            omittedTokens.insert(cursor.index)
            cursor.advance()
        }
    }

    /// Takes the name of the object that is created.
    private mutating func ownName(_ kind: ObjectName.Kind) throws(SchemaError) -> String {
        let place = cursor
        guard let name = takeName() else { throw cursor.unexpected("a name") }
        guard !cursor.at(symbol: ".") else {
            throw FormReader(place, allowing: permissions).refusal(
                "the \(kind.rawValue) is written with a database",
                remedy: "write the name alone: each shard has a database of its own")
        }
        return name
    }

    // MARK: Words

    /// Takes a name with or without quotes; a string is not a name.
    mutating func takeName() -> String? {
        guard let token = cursor.token, token.kind != .string else { return nil }
        return cursor.takeName()?.text
    }

    mutating func expectName(_ what: String) throws(SchemaError) -> String {
        guard let name = takeName() else { throw cursor.unexpected(what) }
        return name
    }

    mutating func expect(_ word: StaticString) throws(SchemaError) {
        guard cursor.take(word) else { throw cursor.unexpected("\(word)") }
    }

    mutating func expect(anyOf words: Set<String>) throws(SchemaError) {
        guard cursor.at(anyOf: words) else {
            throw cursor.unexpected(words.sorted().joined(separator: ", "))
        }
        cursor.advance()
    }

    mutating func expect(symbol: Unicode.Scalar) throws(SchemaError) {
        guard cursor.take(symbol: symbol) else { throw cursor.unexpected("`\(symbol)`") }
    }

    /// Takes a word that is one of `words`.
    mutating func take(anyOf words: Set<String>) -> Bool {
        guard cursor.at(anyOf: words) else { return false }
        cursor.advance()
        return true
    }

    /// Takes a string with its introducer, and strings that are concatenated to it.
    mutating func takeString() -> Bool {
        if cursor.token?.kind == .word, cursor.isString(ahead: 1) { cursor.advance() }
        guard cursor.isString() else { return false }
        while cursor.isString() { cursor.advance() }
        return true
    }

    mutating func expectString() throws(SchemaError) {
        guard takeString() else { throw cursor.unexpected("a string") }
    }

    /// Takes a number with or without a sign, also one such as `.5`.
    mutating func takeNumber() -> Bool {
        let isSigned = cursor.at(symbol: "-") || cursor.at(symbol: "+")
        let hasPoint = cursor.at(symbol: ".", ahead: isSigned ? 1 : 0)
        let length = (isSigned ? 1 : 0) + (hasPoint ? 1 : 0)
        guard cursor.isNumber(ahead: length) else { return false }
        for _ in 0...length { cursor.advance() }
        return true
    }

    // MARK: Errors

    /// A refusal of the current token.
    func refusal(_ message: String, remedy: String? = nil) -> SchemaError {
        let end = cursor.previousEnd
        return cursor.source.error(
            .refused, message, remedy: remedy, at: cursor.token?.range ?? end..<end + 1)
    }

    /// A refusal of a clause that no form has.
    func unknown() -> SchemaError {
        guard let token = cursor.token else { return cursor.unexpected("more") }
        let text = cursor.source.text(token.start..<min(token.end, token.start + 64))
        return refusal(
            "`\(text)` begins no clause that is known here",
            remedy: "remove it, or write the clause as the server's manual has it")
    }
}

extension TokenCursor {
    func isString(ahead: Int = 0) -> Bool { kind(ahead: ahead) == .string }

    func isNumber(ahead: Int = 0) -> Bool { kind(ahead: ahead) == .number }

    private func kind(ahead: Int) -> Token.Kind? {
        index + ahead < tokens.count ? tokens[index + ahead].kind : nil
    }
}
