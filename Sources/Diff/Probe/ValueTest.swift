import Schema

/// Which values of a column another type refuses, or does not keep as they are.
///
/// A value is in the way where the statement fails on it in strict mode, or where it reads
/// otherwise afterwards. For pairs of types for which no condition says exactly that, nothing is
/// asked. NULL is never in the way here: no condition is true for it.
struct ValueTest {
    /// The column as the query names it.
    let column: String
    /// The column's name, for people.
    let name: String
    let from: ColumnType
    let to: ColumnType
    /// Nil for a new type without text.
    let characterSet: CharacterSet?
    let flavour: ServerProfile.Flavour

    struct Found: Equatable {
        let sought: String
        let condition: String
        /// Whether such values are taken, and cut, filled up or shown otherwise.
        var isNeverRefused = false
    }

    func found() throws(NotAsked) -> Found {
        switch ColumnFamily(to.text) {
        case .integer, .bit: try whole()
        case .decimal: try decimal()
        case .floating: try floating()
        case .text: try text()
        case .bytes: try bytes()
        case .members(let type): try members(type)
        case .other: try time()
        }
    }

    private func found(
        _ sought: String, _ conditions: [String], isNeverRefused: Bool = false
    ) -> Found {
        Found(
            sought: "\(sought) in \(SQL.identifier(name))",
            condition: conditions.joined(separator: " OR "), isNeverRefused: isNeverRefused)
    }

    private var unknown: NotAsked {
        NotAsked("no query tells which values \(to.text) takes as they are from \(from.text)")
    }

    // MARK: Numbers

    private func whole() throws(NotAsked) -> Found {
        guard let range = NumberRange(to) else { throw unknown }
        let sought = "values that \(to.text) does not hold"
        switch ColumnFamily(from.text) {
        case .integer:
            return found(sought, outside(range, column, of: NumberRange(from)))
        case .bit:
            return found(sought, outside(range, "(\(column) + 0)", of: NumberRange(from)))
        case .decimal where to.name != "bit":
            let whole = "\(column) <> TRUNCATE(\(column), 0)"
            return found(
                sought, [whole, "\(column) > \(highest(range))", "\(column) < \(range.minimum)"])
        case .floating where to.name != "bit":
            // Ends of ranges are powers of two, which are exact; one less is not. MySQL refuses
            // the lowest BIGINT.
            let low = range.minimum == Int128(Int64.min) ? "<=" : "<"
            return found(
                sought,
                [
                    "\(column) <> FLOOR(\(column))", "\(column) >= \(highest(range) + 1)e0",
                    "\(column) \(low) \(range.minimum)e0",
                ])
        case .text where to.name != "bit":
            let cast = "CAST(\(column) AS \(range.minimum < 0 ? "SIGNED" : "UNSIGNED"))"
            let same = "CAST(\(cast) AS CHAR) <=> \(textBytes)"
            return found(
                "texts that are no such number",
                ["NOT (\(same))", "\(cast) NOT BETWEEN \(range.minimum) AND \(highest(range))"])
        case .decimal, .floating, .text, .bytes, .members, .other: throw unknown
        }
    }

    /// The highest value that the server takes: floating-point numbers become BIGINT UNSIGNED by
    /// way of BIGINT, and so do decimals on MySQL and texts on MariaDB.
    private func highest(_ range: NumberRange) -> Int128 {
        let isSigned =
            switch ColumnFamily(from.text) {
            case .floating: true
            case .decimal: flavour == .mysql
            case .text: flavour == .mariadb
            default: false
            }
        return isSigned ? min(range.maximum, Int128(Int64.max)) : range.maximum
    }

    /// The conditions for values beyond either end of `range`, where the old type has such values.
    private func outside(
        _ range: NumberRange, _ value: String, of old: NumberRange?
    ) -> [String] {
        var conditions: [String] = []
        if old.map({ $0.maximum > range.maximum }) ?? true {
            conditions.append("\(value) > \(range.maximum)")
        }
        if old.map({ $0.minimum < range.minimum }) ?? true {
            conditions.append("\(value) < \(range.minimum)")
        }
        return conditions
    }

    private func decimal() throws(NotAsked) -> Found {
        guard let wanted = Decimals(to) else { throw unknown }
        let type = "DECIMAL(\(wanted.integerDigits + wanted.scale),\(wanted.scale))"
        let sought = "values that \(to.text) does not hold"
        func differs(_ value: String) -> [String] {
            let sign = wanted.isUnsigned ? ["\(value) < 0"] : []
            return ["\(value) <> CAST(\(value) AS \(type))"] + sign
        }
        switch ColumnFamily(from.text) {
        case .integer, .decimal: return found(sought, differs(column))
        case .bit: return found(sought, differs("(\(column) + 0)"))
        case .floating where from.name == "double": return found(sought, differs(column))
        case .text where wanted.integerDigits <= 30 && wanted.scale <= 30:
            // What is no plain number of at most 30 digits on each side counts as in the way.
            let number = #"'\\A-?(0|[1-9][0-9]{0,29})([.][0-9]{1,30})?\\z'"#
            let plain = "CONVERT(\(column) USING utf8mb4)"
            return found(
                "texts that are no such number",
                ["\(plain) NOT REGEXP \(number)"] + differs("CAST(\(plain) AS DECIMAL(65,30))"))
        case .floating, .text, .bytes, .members, .other: throw unknown
        }
    }

    private func floating() throws(NotAsked) -> Found {
        let isNarrower = from.name == "double" && to.name == "float"
        if from.name == "float", to.name == "double", to.arguments.isEmpty {
            let sign = to.isUnsigned && !from.isUnsigned ? ["\(column) < 0"] : []
            return found(
                "values that show more digits",
                ["CONCAT(\(column)) <> CONCAT(\(column) + 0e0)"] + sign,
                isNeverRefused: sign.isEmpty)
        }
        guard ColumnFamily(from.text) == .floating, to.isUnsigned, !from.isUnsigned,
            !isNarrower, to.arguments.isEmpty
        else { throw unknown }
        return found("values below zero", ["\(column) < 0"])
    }

    // MARK: Text and bytes

    /// The value's text in one encoding, byte by byte.
    private var textBytes: String { "CAST(CONVERT(\(column) USING utf8mb4) AS BINARY)" }

    private func text() throws(NotAsked) -> Found {
        guard let capacity = StringCapacity(to, bytesPerCharacter: 1) else { throw unknown }
        let value: String
        switch ColumnFamily(from.text) {
        // Blanks at the end of a CHAR are no part of its value, whatever the SQL mode shows.
        case .text where from.name == "char": value = trimmed
        case .text, .integer, .decimal: value = column
        case .members(let type) where type.name == "enum" || type.name == "set": value = column
        case .other("date"), .other("time"), .other("datetime"), .other("timestamp"),
            .other("year"):
            value = column
        case .floating, .bit, .bytes, .members, .other: throw unknown
        }
        var conditions: [String] = []
        if capacity.isBlob {
            conditions.append(Self.bytes(of: value, in: characterSet, over: capacity.bytes))
        } else {
            conditions.append("CHAR_LENGTH(\(value)) > \(capacity.characters)")
        }
        var sought = "values that are too long for \(to.text)"
        if capacity.isPadded, from.name != "char", ColumnFamily(from.text) == .text {
            conditions.append("CHAR_LENGTH(\(column)) <> CHAR_LENGTH(\(trimmed))")
            sought = "values that are too long for \(to.text) or end in blanks"
        }
        return found(sought, conditions)
    }

    private var trimmed: String { "TRIM(TRAILING ' ' FROM \(column))" }

    static func bytes(of value: String, in set: CharacterSet?, over limit: Int) -> String {
        let text = set.map { "CONVERT(\(value) USING \($0.name))" } ?? value
        return "LENGTH(\(text)) > \(limit)"
    }

    private func bytes() throws(NotAsked) -> Found {
        guard let capacity = StringCapacity(to, bytesPerCharacter: 1) else { throw unknown }
        let family = ColumnFamily(from.text)
        guard family == .bytes || family == .text else { throw unknown }
        let value = from.name == "char" ? trimmed : column
        if capacity.isPadded {
            let isWider = (from.length ?? Int.max) <= capacity.bytes
            return found(
                "values of another length than \(to.text)",
                ["LENGTH(\(value)) <> \(capacity.bytes)"],
                isNeverRefused: isWider && family == .bytes)
        }
        return found(
            "values that are too long for \(to.text)", ["LENGTH(\(value)) > \(capacity.bytes)"])
    }

    // MARK: Members

    private func members(_ type: ColumnType) throws(NotAsked) -> Found {
        let list = type.arguments.joined(separator: ", ")
        switch ColumnFamily(from.text) {
        case .members(let old) where old.name == "enum" && type.name == "enum":
            // Number 0 is the empty text that stands for an invalid value: it is kept.
            return found(
                "members that go", ["(\(column) + 0 <> 0 AND \(textBytes) NOT IN (\(list)))"])
        case .members(let old) where old.name == "set" && type.name == "set":
            let gone = old.arguments.filter { !type.arguments.contains($0) }
            guard !gone.isEmpty else { throw unknown }
            return found("members that go", gone.map { "FIND_IN_SET(\($0), \(column)) > 0" })
        case .text where type.name == "enum":
            return found("values that are no member", ["\(textBytes) NOT IN (\(list))"])
        case .integer, .decimal, .floating, .bit, .text, .bytes, .members, .other: throw unknown
        }
    }

    // MARK: Dates and times

    private func time() throws(NotAsked) -> Found {
        let digits = to.length ?? 0
        switch (from.name, to.name) {
        case let (old, new)
        where old == new && ["time", "datetime", "timestamp"].contains(old)
            && (from.length ?? 0) > digits:
            let unit = (digits..<6).reduce(1) { unit, _ in unit * 10 }
            return found(
                "fractions of a second that are cut", ["MICROSECOND(\(column)) % \(unit) <> 0"],
                isNeverRefused: true)
        case ("datetime", "date"):
            return found(
                "dates with a time", ["\(column) <> CAST(\(column) AS DATE)"],
                isNeverRefused: true)
        case (_, "date"), (_, "datetime"), (_, "time"):
            guard ColumnFamily(from.text) == .text else { throw unknown }
            let kind = to.name == "date" ? "DATE" : "\(to.name.uppercased())(\(digits))"
            let plain = "CONVERT(\(column) USING utf8mb4)"
            return found(
                "texts that are not written as \(to.text)",
                ["NOT (CAST(CAST(\(plain) AS \(kind)) AS CHAR) <=> \(textBytes))"])
        default: throw unknown
        }
    }
}
