/// The id of a lint rule, which is an interface: users write it into waivers and filters.
package enum LintRule: String, Hashable, Sendable, CaseIterable {
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
package enum LintLevel: String, Hashable, Sendable, CaseIterable {
    case error, warning, off
}
