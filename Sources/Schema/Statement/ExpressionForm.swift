/// The place of an expression, which decides the names and functions that it may use.
enum ExpressionPlace {
    /// A default, check, key or generated column of the table with this name.
    case table(String)
    /// A partitioning expression or a bound of a partition of the table with this name. Servers
    /// compute bounds when the table is created, and print the values.
    case partition(String)
    /// The schedule of an event, which servers compute when the event is created.
    case schedule
}

/// Expressions: tokens in balanced parentheses, without queries, variables and other databases.
extension FormReader {
    /// Reads the current parentheses and moves behind them.
    mutating func expression(in place: ExpressionPlace) throws(SchemaError) {
        guard cursor.at(symbol: "(") else { throw cursor.unexpected("`(`") }
        var depth = 0
        var length = ExpressionLength()
        repeat {
            guard cursor.token != nil else { throw cursor.unexpected("`)`") }
            try step(&length)
            if cursor.at(symbol: "(") {
                depth += 1
                if cursor.at(anyOf: Self.queryWords, ahead: 1) {
                    cursor.advance()
                    throw refusal(
                        "a query stands where only values may", remedy: "remove the query")
                }
            } else if cursor.at(symbol: ")") {
                depth -= 1
            }
            try checkToken(in: place)
            cursor.advance()
        } while depth > 0
    }

    /// Reads `CASE … END` outside of parentheses.
    mutating func caseExpression(in place: ExpressionPlace) throws(SchemaError) {
        var depth = 0
        var length = ExpressionLength()
        repeat {
            guard cursor.token != nil else { throw cursor.unexpected("END") }
            try step(&length)
            if cursor.at(symbol: "(") {
                try expression(in: place)
                continue
            }
            if cursor.at("CASE") { depth += 1 }
            if cursor.at("END") { depth -= 1 }
            try checkToken(in: place)
            cursor.advance()
        } while depth > 0
    }

    /// Refuses an expression so long that evaluating it could overflow a server's stack, which
    /// ends a MariaDB process with all its databases.
    private func step(_ length: inout ExpressionLength) throws(SchemaError) {
        length.add(
            opens: cursor.at(symbol: "("), closes: cursor.at(symbol: ")"),
            separates: cursor.at(symbol: ","))
        guard length.longest <= ExpressionLength.limit else {
            throw refusal(
                "the expression is too long: more than \(ExpressionLength.limit) words and "
                    + "operators are nested in each other",
                remedy: "write a shorter one, such as a list with IN")
        }
    }

    func checkToken(in place: ExpressionPlace) throws(SchemaError) {
        guard let token = cursor.token else { return }
        switch token.kind {
        case .symbol:
            let byte = cursor.source.bytes[token.start]
            guard byte != UInt8(ascii: "@"), byte != UInt8(ascii: ";") else {
                throw refusal("a variable or another statement stands where only values may")
            }
        case .word, .quotedName:
            try checkName(at: cursor.index, in: place)
        case .number, .string, .versionOpen, .versionClose, .delimiter, .end: return
        }
    }

    /// Checks that the word or name at `index` may stand in an expression.
    func checkName(at index: Int, in place: ExpressionPlace) throws(SchemaError) {
        let ahead = index - cursor.index
        if cursor.at("SELECT", ahead: ahead) {
            throw refusal("a query stands where only values may", remedy: "remove the query")
        }
        try checkQualifier(ahead: ahead, in: place)
        let isCall = cursor.at(symbol: "(", ahead: ahead + 1)
        if case .schedule = place, !isCall, !cursor.at(anyOf: Self.scheduleWords, ahead: ahead) {
            throw unknown()
        }
        guard isCall, let function = name(ahead: ahead)?.uppercased() else { return }
        switch place {
        case .table:
            guard Self.calls(function, anyOf: NativeFunctions.names) else {
                throw refusal(
                    "the function \(function) is not one that may compute a value here",
                    remedy: "use another one; functions that read files, wait or take locks "
                        + "are refused, and so are loadable functions")
            }
            guard Self.sequenceFunctions.contains(function) else { return }
            // The argument is a sequence's name, not a column's.
            guard !cursor.at(symbol: ".", ahead: ahead + 3) else {
                throw refusal(
                    "a sequence of another database is named", remedy: "write its name alone")
            }
        case .partition, .schedule:
            guard Self.calls(function, anyOf: Self.timeFunctions) else {
                throw refusal(
                    "the function \(function) has no place here: servers compute it when the "
                        + "object is made", remedy: "write the value")
            }
        }
    }

    /// Checks a name before a dot: only the table's own is allowed, and MariaDB's `mariadb_schema`.
    private func checkQualifier(
        ahead: Int, in place: ExpressionPlace
    ) throws(SchemaError) {
        guard cursor.at(symbol: ".", ahead: ahead + 1) else { return }
        let isFurther = cursor.at(symbol: ".", ahead: ahead - 1)
        let name = name(ahead: ahead) ?? ""
        let isCall = cursor.at(symbol: "(", ahead: ahead + 3)
        switch place {
        case .table(let table), .partition(let table):
            if !isFurther, isCall, name.lowercased() == "mariadb_schema" { return }
            let isSequence =
                cursor.at("FOR", ahead: ahead - 1) && cursor.at("VALUE", ahead: ahead - 2)
            if !isFurther, !isCall, !isSequence, name.lowercased() == table.lowercased(),
                !cursor.at(symbol: ".", ahead: ahead + 3)
            {
                return
            }
        case .schedule: break
        }
        throw refusal(
            "`\(name)` before a dot is another database or table", remedy: "write the name alone")
    }

    private func name(ahead: Int) -> String? {
        var copy = cursor
        for _ in 0..<max(0, ahead) { copy.advance() }
        return copy.takeName()?.text
    }

    /// Whether `word` before a parenthesis calls one of `functions`, or is no call but a keyword.
    private static func calls(_ word: String, anyOf functions: Set<Substring>) -> Bool {
        functions.contains(word[...]) || NativeFunctions.otherWords.contains(word[...])
    }

    private static let sequenceFunctions: Set = ["NEXTVAL", "LASTVAL"]

    /// The words of a schedule that are no functions.
    private static let scheduleWords: Set = [
        "STARTS", "ENDS", "INTERVAL", "MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK",
        "MONTH", "QUARTER", "YEAR", "SECOND_MICROSECOND", "MINUTE_MICROSECOND", "MINUTE_SECOND",
        "HOUR_MICROSECOND", "HOUR_SECOND", "HOUR_MINUTE", "DAY_MICROSECOND", "DAY_SECOND",
        "DAY_MINUTE", "DAY_HOUR", "YEAR_MONTH", "SQL_TSI_SECOND", "SQL_TSI_MINUTE",
        "SQL_TSI_HOUR", "SQL_TSI_DAY", "SQL_TSI_WEEK", "SQL_TSI_MONTH", "SQL_TSI_QUARTER",
        "SQL_TSI_YEAR", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME",
        "LOCALTIMESTAMP", "UTC_TIMESTAMP", "UTC_DATE", "UTC_TIME", "DATE", "TIME", "TIMESTAMP",
        "NULL", "DIV", "MOD", "AND", "BETWEEN", "AS", "DATETIME", "SIGNED", "UNSIGNED",
    ]

    /// Functions that may stand in partitioning expressions, bounds and schedules.
    private static let timeFunctions: Set<Substring> = [
        "ABS", "CEIL", "CEILING", "FLOOR", "MOD", "DATE", "DATEDIFF", "DAY", "DAYOFMONTH",
        "DAYOFWEEK", "DAYOFYEAR", "EXTRACT", "HOUR", "MICROSECOND", "MINUTE", "MONTH", "QUARTER",
        "SECOND", "TIME_TO_SEC", "TO_DAYS", "TO_SECONDS", "UNIX_TIMESTAMP", "WEEKDAY", "WEEK",
        "YEAR", "YEARWEEK", "TIMESTAMP", "NOW", "CURRENT_TIMESTAMP", "CURDATE", "CURRENT_DATE",
        "CURRENT_TIME", "CURTIME", "LOCALTIME", "LOCALTIMESTAMP", "UTC_TIMESTAMP", "UTC_DATE",
        "UTC_TIME", "SYSDATE", "DATE_ADD", "DATE_SUB", "ADDDATE", "SUBDATE", "STR_TO_DATE",
        "MAKEDATE", "MAKETIME", "LAST_DAY", "TIMESTAMPADD", "CONVERT_TZ", "CAST", "CONVERT",
        "CRC32",
        "ASCII", "ORD", "CHAR_LENGTH", "LENGTH", "ST_SRID", "COALESCE", "IFNULL", "IF", "FROM_DAYS",
        "ADDTIME", "SUBTIME", "CONCAT", "LOWER", "UPPER", "TIME",
    ]
}

/// Measures how many tokens of an expression can be nested in each other: those of one item of a
/// list, plus those of the longest item within it.
private struct ExpressionLength {
    /// With its default stack a server evaluates about 500 operators and parses about 2,000.
    static let limit = 2000

    /// For each open parenthesis, the tokens of its current item so far.
    private var items: [Int] = [0]
    /// The tokens of all current items together.
    private(set) var longest = 0

    mutating func add(opens: Bool, closes: Bool, separates: Bool) {
        longest += 1
        items[items.count - 1] += 1
        if opens { items.append(0) }
        if separates {
            longest -= items[items.count - 1]
            items[items.count - 1] = 0
        }
        // The tokens between parentheses count for the item that they are part of.
        if closes, items.count > 1 {
            let inner = items.removeLast()
            items[items.count - 1] += inner
        }
    }
}
