import Desired
import Diff
import Model

/// What a change may do, by the ids that plans use.
///
/// The findings come from the comparison of two revisions; the level follows from the hazard.
enum ChangeRules {
    /// The level for a hazard where `plumb.yaml` sets none.
    static func level(of hazard: Hazard) -> LintLevel {
        switch hazard {
        case .safe: .off
        case .costly: .warning
        case .lossy, .irreversible: .error
        }
    }

    /// The rules, one for each hazard that lint lists and one for what no plan leads to.
    static let all = HazardRule.allCases.compactMap(rule) + [refusedChange]

    /// The rule for a hazard; nil where lint has none: see ``HazardRule/lintHazards``.
    static func rule(_ hazard: HazardRule) -> Rule? {
        switch hazard {
        case .dropTable: dropTable
        case .dropColumn: dropColumn
        case .dropPrimaryKey: dropPrimaryKey
        case .dropPartition: dropPartition
        case .dropSystemVersioning: dropSystemVersioning
        case .discardRows: discardRows
        case .generateColumn: generateColumn
        case .narrowType: narrowType
        case .convertType: convertType
        case .removeMembers: removeMembers
        case .reorderMembers: reorderMembers
        case .convertCharacterSet: convertCharacterSet
        case .changeCollation: changeCollation
        case .forbidNull: forbidNull
        case .addCheck: addCheck
        case .addUnique: addUnique
        case .addPrimaryKey: addPrimaryKey
        case .addForeignKey: addForeignKey
        case .addPeriod: addPeriod
        case .leaveInnoDB: leaveInnoDB
        case .renameTable: renameTable
        case .renameColumn: renameColumn
        case .widenType: widenType
        case .appendMembers: appendMembers
        case .changeAttributes: changeAttributes
        case .changeExpression: changeExpression
        case .ungenerateColumn: ungenerateColumn
        case .addAutoIncrement: addAutoIncrement
        case .addComputedColumn: addComputedColumn
        case .addSpecialIndex: addSpecialIndex
        case .replacePrimaryKey: replacePrimaryKey
        case .addSystemVersioning: addSystemVersioning
        case .tableOption: tableOption
        case .repartition: repartition
        case .createTable, .rebuildTable, .defaultCharacterSet, .dropPeriod, .addPartition,
            .addColumn, .addRequiredColumn, .addUnfilledColumn, .dropComputedColumn,
            .dropVirtualColumn, .moveColumn, .changeColumn, .changeDisplay, .allowNull, .addIndex,
            .replaceIndex, .keepIndex, .renameIndex, .indexVisibility, .dropIndex, .dropUnique,
            .dropForeignKey, .foreignKeyAway, .dropCheck, .computeValues, .copyValues, .dropView,
            .dropTrigger, .dropProcedure, .dropFunction, .dropEvent, .dropSequence, .replaceView,
            .replaceTrigger, .replaceProcedure, .replaceFunction, .replaceEvent, .replaceSequence,
            .runsAsDefiner, .dynamicSQL, .reachesFiles, .otherDatabase, .administersServer:
            nil
        }
    }
}
