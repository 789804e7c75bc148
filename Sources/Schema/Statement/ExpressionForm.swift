/// Where an expression stands: decides what it may name and call.
enum ExpressionPlace {
    /// A default, a check, a key or a computed column of this table.
    case table(String)
    /// A rule or bound of its partitions: servers compute bounds when the table is made, and write
    /// their values back.
    case partition(String)
    /// When an event runs: computed when the event is made.
    case schedule
}

/// Expressions: tokens in balanced parentheses, without queries, variables and other databases.
extension FormReader {
    /// Steps over the current parentheses.
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

    /// `CASE … END`, outside of parentheses.
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

    /// Refuses what is so deep that a server may run out of its stack: MariaDB ends with it, and
    /// with it all that it serves.
    private func step(_ length: inout ExpressionLength) throws(SchemaError) {
        length.add(
            opens: cursor.at(symbol: "("), closes: cursor.at(symbol: ")"),
            separates: cursor.at(symbol: ","))
        guard length.longest <= ExpressionLength.limit else {
            throw refusal(
                "the expression is too long: more than \(ExpressionLength.limit) words and signs "
                    + "rest on each other", remedy: "write a shorter one, such as a list with IN")
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

    /// Whether the word or name at `index` may stand in an expression.
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
                    remedy: "use another one; those that read files, wait or take locks are not "
                        + "taken, and none that somebody added to a server")
            }
            guard Self.sequenceFunctions.contains(function) else { return }
            // Its argument is the name of a sequence, not a column.
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

    /// A name before a point is the table's own, or the place where MariaDB keeps its functions.
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
            "`\(name)` before a point is another database or table", remedy: "write the name alone")
    }

    private func name(ahead: Int) -> String? {
        var copy = cursor
        for _ in 0..<max(0, ahead) { copy.advance() }
        return copy.takeName()?.text
    }

    /// Whether `word`, which stands before a parenthesis, calls one of these, or nothing at all.
    private static func calls(_ word: String, anyOf functions: Set<Substring>) -> Bool {
        functions.contains(word[...]) || NativeFunctions.otherWords.contains(word[...])
    }

    private static let sequenceFunctions: Set = ["NEXTVAL", "LASTVAL"]

    /// What else a schedule is made of.
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

    /// Those by which rows are partitioned, and times are written.
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

/// How many tokens of an expression can rest on each other: those of one item of a list, and of the
/// longest item within it.
private struct ExpressionLength {
    /// A server with its usual stack computes about 500 operators, and reads four times as many.
    static let limit = 2000

    /// Of each open parenthesis: the tokens of the item so far.
    private var items: [Int] = [0]
    /// The tokens of all items that are open.
    private(set) var longest = 0

    mutating func add(opens: Bool, closes: Bool, separates: Bool) {
        longest += 1
        items[items.count - 1] += 1
        if opens { items.append(0) }
        if separates {
            longest -= items[items.count - 1]
            items[items.count - 1] = 0
        }
        // What a parenthesis held counts for the item that it is part of.
        if closes, items.count > 1 {
            let inner = items.removeLast()
            items[items.count - 1] += inner
        }
    }
}
