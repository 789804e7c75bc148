import Desired
import Model
import Reports

/// All rules by their id.
package enum RuleCatalog {
    /// In the order in which the ids are defined.
    package static let rules: [Rule] = LintRule.allCases.map(rule)

    /// What reports say about the rules, in the same order.
    package static let descriptions: [LintRuleDescription] = rules.map {
        LintRuleDescription(
            rule: $0.id, level: $0.level, summary: $0.summary, remedy: $0.remedy)
    }

    /// The rule with an id.
    package static func rule(_ id: LintRule) -> Rule {
        tableRule(id) ?? changeRules[id]
            ?? Rule(id, .error, id.rawValue, remedy: "look it up in docs/lint.md")
    }

    private static let changeRules = Dictionary(
        ChangeRules.all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

    private static func tableRule(_ id: LintRule) -> Rule? {
        switch id {
        case .missingPrimaryKey: KeyRules.missingPrimaryKey
        case .duplicateIndex: IndexRules.duplicate
        case .redundantIndex: IndexRules.redundant
        case .indexTooLong: KeyRules.tooLong
        case .nullableUnique: KeyRules.nullableUnique
        case .foreignKeyWithoutIndex: ForeignKeyRules.withoutIndex
        case .foreignKeyTypeMismatch: ForeignKeyTypeRule.rule
        case .foreignKeyParentIndex: ForeignKeyRules.parentIndex
        case .inlineForeignKey: ForeignKeyRules.inline
        case .noForeignKeys: ForeignKeyRules.none
        case .reservedWord: NameRules.reservedWord
        case .nameCase: NameRules.nameCase
        case .charsetNotDefault: CharacterSetRules.notDefault
        case .utf8mb3: CharacterSetRules.utf8mb3
        case .autoIncrementUnfit: ColumnRules.autoIncrementUnfit
        case .floatMoney: ColumnRules.floatMoney
        case .zeroDate: ColumnRules.zeroDate
        case .rowTooLong: TableRules.rowTooLong
        case .engineNotInnoDB: TableRules.engineNotInnoDB
        case .missingComment: TableRules.missingComment
        case .explicitDefiner: ObjectRules.explicitDefiner
        case .viewSelectStar: ObjectRules.selectStar
        case .danglingReference: ObjectRules.danglingReference
        case .functionUndeclared: ObjectRules.undeclaredFunction
        case .modeDependent: SettingRules.modeDependent
        case .zoneDependent: SettingRules.zoneDependent
        case .waiverExpired:
            Rule(
                .waiverExpired, .error, "A waiver has expired, and excuses nothing any more",
                remedy: "correct what it was about, or agree on a new day")
        case .waiverUnused:
            Rule(
                .waiverUnused, .warning, "A waiver matches no finding",
                remedy: "remove it, or correct its rule, table or column")
        case .dropTable, .dropColumn, .dropPrimaryKey, .dropPartition, .dropSystemVersioning,
            .discardRows, .generateColumn, .narrowType, .convertType, .removeMembers,
            .reorderMembers, .convertCharacterSet, .changeCollation, .forbidNull, .addCheck,
            .addUnique, .addPrimaryKey, .addForeignKey, .addPeriod, .leaveInnoDB, .renameTable,
            .renameColumn, .widenType, .appendMembers, .changeAttributes, .changeExpression,
            .ungenerateColumn, .addAutoIncrement, .addComputedColumn, .addSpecialIndex,
            .replacePrimaryKey, .addSystemVersioning, .tableOption, .repartition, .refusedChange:
            nil
        }
    }
}
