/// Views, triggers, routines, events and sequences.
///
/// The query of a view and the body of a program may have any tokens: only the server parses them.
/// Every token before them is accounted for.
extension FormReader {
    // MARK: View

    /// Reads a view behind its name.
    mutating func view() throws(SchemaError) {
        if cursor.at(symbol: "(") { try names() }
        try expect("AS")
        guard cursor.at(symbol: "(") || cursor.at(anyOf: Self.queryWords) else {
            throw cursor.unexpected("a query")
        }
        while cursor.token != nil {
            if cursor.at("INTO") {
                throw refusal("a view writes nothing", remedy: "remove INTO")
            }
            try refuseStatementEnd()
            try noteCall()
            cursor.advance()
        }
    }

    /// Checks a function call in a view's query. MariaDB evaluates some arguments while it creates
    /// a view, such as the path of `EXTRACTVALUE` and the pattern of `REGEXP`, and so runs
    /// functions at that time. Allowed are built-in functions without side effects; functions of
    /// the schema are noted in ``calls`` for the caller.
    private mutating func noteCall() throws(SchemaError) {
        guard let token = cursor.token, token.kind == .word || token.kind == .quotedName,
            cursor.at(symbol: "(", ahead: 1), !namesColumns
        else { return }
        var ahead = cursor
        guard let name = ahead.takeName()?.text else { return }
        guard !cursor.at(symbol: ".", ahead: -1) else {
            guard cursor.at("MARIADB_SCHEMA", ahead: -2) else {
                throw refusal(
                    "the function \(SQL.identifier(name)) is written with a database, and may run "
                        + "while a server makes the view",
                    remedy: "call a function of the schema, by its name alone")
            }
            guard ViewFunctions.areKnown(name) else { throw harmfulCall(name) }
            return
        }
        if ViewFunctions.areHarmful(name) { throw harmfulCall(name) }
        if !ViewFunctions.areKnown(name) { calls.insert(name) }
    }

    private func harmfulCall(_ name: String) -> SchemaError {
        refusal(
            "the function \(name.uppercased()) may run while a server makes the view",
            remedy: "remove the call: a view may not read files, wait or take locks")
    }

    /// Whether the name at the cursor is followed by a list of column names, not by arguments.
    private var namesColumns: Bool {
        if cursor.at(symbol: ")", ahead: -1) || cursor.at("AS", ahead: -1) { return true }
        // `WITH name (a, b) AS (`
        var behind = cursor
        behind.advance()
        repeat {
            behind.advance()
            guard behind.takeName() != nil else { return false }
        } while behind.at(symbol: ",")
        guard behind.take(symbol: ")") else { return false }
        return behind.at("AS") && behind.at(symbol: "(", ahead: 1)
    }

    /// Refuses a `;` within the statement, which only bodies of programs may have.
    private func refuseStatementEnd() throws(SchemaError) {
        guard !cursor.at(symbol: ";") else {
            throw refusal("another statement begins behind this `;`", remedy: "remove it")
        }
    }

    // MARK: Trigger

    mutating func trigger() throws(SchemaError) {
        try expect(anyOf: ["BEFORE", "AFTER"])
        repeat {
            try expect(anyOf: ["INSERT", "UPDATE", "DELETE"])
        } while cursor.take("OR")
        try expect("ON")
        try plainTableName()
        for word in ["FOR", "EACH", "ROW"] as [StaticString] { try expect(word) }
        if take(anyOf: ["FOLLOWS", "PRECEDES"]) {
            _ = try expectName("the name of a trigger")
        }
        try body()
    }

    // MARK: Routine

    mutating func routine(_ kind: ObjectName.Kind) throws(SchemaError) {
        guard cursor.at(symbol: "(") || cursor.at(anyOf: ["RETURN", "IS", "AS"]) else {
            throw refusal(
                "the \(kind.rawValue) has no parameters in parentheses",
                remedy: "write them; loadable functions (SONAME) are not accepted")
        }
        if cursor.at(symbol: "(") { cursor.skipGroup() }
        var characteristics = cursor
        while characteristics.token != nil, !characteristics.at(anyOf: Self.bodyWords) {
            if characteristics.at("SONAME") {
                cursor = characteristics
                throw refusal(
                    "loadable functions from a library are not accepted", remedy: "remove it")
            }
            if characteristics.at("LANGUAGE"), !characteristics.at("SQL", ahead: 1) {
                cursor = characteristics
                throw refusal(
                    "the \(kind.rawValue) is not written in SQL", remedy: "write it in SQL")
            }
            if characteristics.at(symbol: "(") {
                characteristics.skipGroup()
            } else {
                characteristics.advance()
            }
        }
        try body()
    }

    /// Words with which a body may begin, and no characteristic of a routine does.
    private static let bodyWords: Set = [
        "BEGIN", "RETURN", "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "CALL", "IF", "CASE",
        "LOOP", "WHILE", "REPEAT", "DO", "SIGNAL", "WITH", "VALUES", "TRUNCATE", "ALTER", "DROP",
        "CREATE", "EXECUTE", "PREPARE",
    ]

    // MARK: Event

    mutating func event() throws(SchemaError) {
        try expect("ON")
        try expect("SCHEDULE")
        try schedule()
        if cursor.take("ON") {
            try expect("COMPLETION")
            _ = cursor.take("NOT")
            try expect("PRESERVE")
        }
        if cursor.take("DISABLE") {
            if cursor.take("ON") { try expect(anyOf: ["SLAVE", "REPLICA"]) }
        } else {
            _ = cursor.take("ENABLE")
        }
        if cursor.take("COMMENT") { try expectString() }
        guard cursor.at("DO") else { throw unknown() }
        cursor.advance()
        try body()
    }

    private mutating func schedule() throws(SchemaError) {
        guard cursor.at(anyOf: ["AT", "EVERY"]) else { throw cursor.unexpected("AT or EVERY") }
        cursor.advance()
        while cursor.token != nil, !isAtScheduleEnd {
            if cursor.at(symbol: "(") {
                try expression(in: .schedule)
            } else {
                try checkToken(in: .schedule)
                cursor.advance()
            }
        }
    }

    private var isAtScheduleEnd: Bool {
        cursor.at(anyOf: ["ENABLE", "DISABLE", "COMMENT", "DO"])
            || cursor.at("ON") && cursor.at("COMPLETION", ahead: 1)
    }

    // MARK: Sequence

    mutating func sequence() throws(SchemaError) {
        if cursor.take("AS") {
            try expect(anyOf: [
                "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT",
            ])
            _ = take(anyOf: ["SIGNED", "UNSIGNED"])
        }
        while cursor.token != nil {
            guard try sequenceOption() else { throw unknown() }
            _ = cursor.take(symbol: ",")
        }
    }

    mutating func sequenceOption() throws(SchemaError) -> Bool {
        switch cursor.word() {
        case "INCREMENT", "START", "MINVALUE", "MAXVALUE", "CACHE", "RESTART":
            cursor.advance()
            if !take(anyOf: ["BY", "WITH"]) { _ = cursor.take(symbol: "=") }
            guard takeNumber() else { throw cursor.unexpected("a number") }
        case "NO":
            cursor.advance()
            try expect(anyOf: ["MINVALUE", "MAXVALUE", "CACHE", "CYCLE"])
        case "NOMINVALUE", "NOMAXVALUE", "NOCACHE", "NOCYCLE", "CYCLE":
            cursor.advance()
        default:
            return try tableOption()
        }
        return true
    }

    // MARK: Bodies

    /// Reads the rest of the statement: one statement or block, which only the server parses.
    private mutating func body() throws(SchemaError) {
        guard cursor.token != nil else { throw cursor.unexpected("a body") }
        while cursor.token != nil { cursor.advance() }
    }
}
