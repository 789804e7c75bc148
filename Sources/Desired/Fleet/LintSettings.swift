import Schema

/// Which rules `plumb lint` checks, how strictly, and what is excused.
package struct LintSettings: Hashable, Sendable {
    /// The levels that differ from the rules' own.
    package let levels: [LintRule: LintLevel]
    package let waivers: [Waiver]
    /// The character set that tables and columns should have.
    package let characterSet: String
    package let tableNames: NameStyle
    package let columnNames: NameStyle

    package init(
        levels: [LintRule: LintLevel] = [:], waivers: [Waiver] = [],
        characterSet: String = "utf8mb4", tableNames: NameStyle = .lowerSnake,
        columnNames: NameStyle = .lowerSnake
    ) {
        self.levels = levels
        self.waivers = waivers
        self.characterSet = characterSet
        self.tableNames = tableNames
        self.columnNames = columnNames
    }

    package static let standard = LintSettings()
}

/// The id of a rule; an interface: people write it into waivers and filters.
package enum LintRule: String, Hashable, Sendable, CaseIterable, FleetChoice {
    static let title = "lintRule"

    case missingPrimaryKey = "missing-primary-key"
    case duplicateIndex = "duplicate-index"
    case redundantIndex = "redundant-index"
    case indexTooLong = "index-too-long"
    case nullableUnique = "nullable-unique"
    case foreignKeyWithoutIndex = "foreign-key-without-index"
    case foreignKeyTypeMismatch = "foreign-key-type-mismatch"
    case foreignKeyParentIndex = "foreign-key-parent-index"
    case inlineForeignKey = "inline-foreign-key"
    case noForeignKeys = "no-foreign-keys"
    case reservedWord = "reserved-word"
    case nameCase = "name-case"
    case charsetNotDefault = "charset-not-default"
    case utf8mb3 = "utf8mb3"
    case autoIncrementUnfit = "auto-increment-unfit"
    case floatMoney = "float-money"
    case zeroDate = "zero-date"
    case rowTooLong = "row-too-long"
    case engineNotInnoDB = "engine-not-innodb"
    case missingComment = "missing-comment"
    case explicitDefiner = "explicit-definer"
    case viewSelectStar = "view-select-star"
    case danglingReference = "dangling-reference"
    case functionUndeclared = "function-undeclared"
    case waiverExpired = "waiver-expired"
    case waiverUnused = "waiver-unused"

    /// Whether the rule is about waivers, and so cannot be waived.
    package var isAboutWaivers: Bool { self == .waiverExpired || self == .waiverUnused }
}

/// How strictly a rule is taken.
package enum LintLevel: String, Hashable, Sendable, CaseIterable, FleetChoice {
    static let title = "lintLevel"
    case error, warning, off
}

/// How names are written.
package enum NameStyle: String, Hashable, Sendable, CaseIterable, FleetChoice {
    static let title = "nameStyle"
    /// `order_line`
    case lowerSnake = "lower_snake"
    /// `orderLine`
    case lowerCamel = "lower_camel"
    /// `OrderLine`
    case upperCamel = "upper_camel"
    case any
}

/// An excuse for what one rule finds at one table, until a day.
package struct Waiver: Hashable, Sendable {
    package let rule: LintRule
    /// `table` or `namespace.table`; other objects by their encoded names, `view:open_orders`.
    package let table: String
    /// Nil for the whole table.
    package let column: String?
    package let owner: String
    package let reason: String
    /// The last day on which it holds, in UTC.
    package let expires: CalendarDay
    package let location: SourceLocation

    package init(
        rule: LintRule, table: String, column: String? = nil, owner: String, reason: String,
        expires: CalendarDay, location: SourceLocation
    ) {
        self.rule = rule
        self.table = table
        self.column = column
        self.owner = owner
        self.reason = reason
        self.expires = expires
        self.location = location
    }
}

/// A day of the Gregorian calendar, without a zone.
package struct CalendarDay: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Reads `2027-01-31`; nil where that is no day.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1...12).contains(month), (1...Self.days(of: month, in: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2:
            year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
                ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    package static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}
