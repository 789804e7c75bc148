import Schema

/// Which rules `plumb lint` checks, at which levels, and what is waived.
package struct LintSettings: Hashable, Sendable {
    /// The levels of rules that differ from the defaults.
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

    /// The settings of a fleet file without `lint`.
    package static let standard = LintSettings()
}

/// The id of a lint rule, which is an interface: users write it into waivers and filters.
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
    case modeDependent = "mode-dependent"
    case zoneDependent = "zone-dependent"
    case waiverExpired = "waiver-expired"
    case waiverUnused = "waiver-unused"

    // Hazards of changes, with the ids that plans use.
    case dropTable = "drop-table"
    case dropColumn = "drop-column"
    case dropPrimaryKey = "drop-primary-key"
    case dropPartition = "drop-partition"
    case dropSystemVersioning = "drop-system-versioning"
    case discardRows = "discard-rows"
    case generateColumn = "generate-column"
    case narrowType = "narrow-type"
    case convertType = "convert-type"
    case removeMembers = "remove-members"
    case reorderMembers = "reorder-members"
    case convertCharacterSet = "convert-character-set"
    case changeCollation = "change-collation"
    case forbidNull = "forbid-null"
    case addCheck = "add-check"
    case addUnique = "add-unique"
    case addPrimaryKey = "add-primary-key"
    case addForeignKey = "add-foreign-key"
    case addPeriod = "add-period"
    case leaveInnoDB = "leave-innodb"
    case renameTable = "rename-table"
    case renameColumn = "rename-column"
    case widenType = "widen-type"
    case appendMembers = "append-members"
    case changeAttributes = "change-attributes"
    case changeExpression = "change-expression"
    case ungenerateColumn = "ungenerate-column"
    case addAutoIncrement = "add-auto-increment"
    case addComputedColumn = "add-computed-column"
    case addSpecialIndex = "add-special-index"
    case replacePrimaryKey = "replace-primary-key"
    case addSystemVersioning = "add-system-versioning"
    case tableOption = "table-option"
    case repartition
    case refusedChange = "refused-change"

    /// Whether the rule is about waivers, and so cannot be waived.
    package var isAboutWaivers: Bool { self == .waiverExpired || self == .waiverUnused }

    /// Whether the rule is about the change between two revisions.
    package var isAboutChanges: Bool {
        switch self {
        case .missingPrimaryKey, .duplicateIndex, .redundantIndex, .indexTooLong, .nullableUnique,
            .foreignKeyWithoutIndex, .foreignKeyTypeMismatch, .foreignKeyParentIndex,
            .inlineForeignKey, .noForeignKeys, .reservedWord, .nameCase, .charsetNotDefault,
            .utf8mb3, .autoIncrementUnfit, .floatMoney, .zeroDate, .rowTooLong, .engineNotInnoDB,
            .missingComment, .explicitDefiner, .viewSelectStar, .danglingReference,
            .functionUndeclared, .modeDependent, .zoneDependent, .waiverExpired, .waiverUnused:
            false
        case .dropTable, .dropColumn, .dropPrimaryKey, .dropPartition, .dropSystemVersioning,
            .discardRows, .generateColumn, .narrowType, .convertType, .removeMembers,
            .reorderMembers,
            .convertCharacterSet, .changeCollation, .forbidNull, .addCheck, .addUnique,
            .addPrimaryKey, .addForeignKey, .addPeriod, .leaveInnoDB, .renameTable, .renameColumn,
            .widenType, .appendMembers, .changeAttributes, .changeExpression, .ungenerateColumn,
            .addAutoIncrement, .addComputedColumn, .addSpecialIndex, .replacePrimaryKey,
            .addSystemVersioning, .tableOption, .repartition, .refusedChange:
            true
        }
    }
}

/// What a finding of a rule means for the command.
package enum LintLevel: String, Hashable, Sendable, CaseIterable, FleetChoice {
    static let title = "lintLevel"
    case error, warning, off
}

/// A convention for names.
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

/// Waives the findings of one rule for one table, until a day.
package struct Waiver: Hashable, Sendable {
    package let rule: LintRule
    /// `table` or `namespace.table`; other objects by their encoded names, `view:open_orders`.
    package let table: String
    /// Nil for all columns.
    package let column: String?
    package let owner: String
    package let reason: String
    /// The last day of the waiver, in UTC.
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

/// A day of the Gregorian calendar, without a time zone.
package struct CalendarDay: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Reads `2027-01-31`; nil where that is not a day.
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
