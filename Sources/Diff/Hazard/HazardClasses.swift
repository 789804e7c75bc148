extension HazardRule {
    /// The hazards that its findings may have, the worst first.
    package var hazards: [Hazard] {
        switch self {
        case .dropTable, .discardRows, .dropSystemVersioning, .dropPartition, .dropColumn,
            .generateColumn, .dropPrimaryKey, .dropSequence:
            [.irreversible]
        case .dropView, .dropTrigger, .dropProcedure, .dropFunction, .dropEvent:
            [.irreversible, .safe]
        case .leaveInnoDB, .addUnfilledColumn, .narrowType, .convertType, .reorderMembers,
            .removeMembers, .convertCharacterSet, .forbidNull, .addUnique, .addForeignKey,
            .foreignKeyAway:
            [.lossy]
        case .addPeriod, .addRequiredColumn, .addCheck: [.lossy, .safe]
        case .changeCollation, .addAutoIncrement, .addPrimaryKey: [.lossy, .costly]
        case .changeExpression: [.lossy, .costly, .safe]
        case .renameTable, .rebuildTable, .addSystemVersioning, .repartition, .addComputedColumn,
            .changeAttributes, .ungenerateColumn, .addSpecialIndex, .replacePrimaryKey,
            .replaceView, .replaceTrigger, .replaceProcedure, .replaceFunction, .replaceEvent,
            .replaceSequence:
            [.costly]
        case .tableOption, .renameColumn, .widenType, .appendMembers: [.costly, .safe]
        case .createTable, .defaultCharacterSet, .dropPeriod, .addPartition, .addColumn,
            .dropComputedColumn, .dropVirtualColumn, .moveColumn, .changeColumn, .changeDisplay,
            .allowNull, .addIndex, .replaceIndex, .keepIndex, .renameIndex, .indexVisibility,
            .dropIndex, .dropUnique, .dropForeignKey, .dropCheck, .computeValues, .copyValues,
            .runsAsDefiner, .dynamicSQL, .reachesFiles, .otherDatabase, .administersServer:
            [.safe]
        }
    }

    /// The hazards under which `plumb lint` lists it, the worst first, whose class is its level;
    /// empty where lint has no rule of this id.
    package var lintHazards: [Hazard] { isListedByLint ? hazards.filter { $0 > .safe } : [] }

    /// Whether lint has a rule of this id: not for what is safe, for what only a server decides,
    /// for other objects than tables, and for the way in which a step is carried out.
    private var isListedByLint: Bool {
        switch self {
        case .dropTable, .dropColumn, .dropPrimaryKey, .dropPartition, .dropSystemVersioning,
            .discardRows, .generateColumn, .narrowType, .convertType, .removeMembers,
            .reorderMembers, .convertCharacterSet, .forbidNull, .addCheck, .addUnique,
            .addForeignKey, .addPeriod, .leaveInnoDB, .changeCollation, .addPrimaryKey,
            .addAutoIncrement, .renameTable, .renameColumn, .widenType, .appendMembers,
            .changeAttributes, .changeExpression, .ungenerateColumn, .addComputedColumn,
            .addSpecialIndex, .replacePrimaryKey, .addSystemVersioning, .tableOption,
            .repartition:
            true
        case .addRequiredColumn, .addUnfilledColumn, .rebuildTable, .foreignKeyAway,
            .computeValues, .copyValues, .createTable, .defaultCharacterSet, .dropPeriod,
            .addPartition, .addColumn, .dropComputedColumn, .dropVirtualColumn, .moveColumn,
            .changeColumn, .changeDisplay, .allowNull, .addIndex, .replaceIndex, .keepIndex,
            .renameIndex, .indexVisibility, .dropIndex, .dropUnique, .dropForeignKey, .dropCheck,
            .dropView, .dropTrigger, .dropProcedure, .dropFunction, .dropEvent, .dropSequence,
            .replaceView, .replaceTrigger, .replaceProcedure, .replaceFunction, .replaceEvent,
            .replaceSequence, .runsAsDefiner, .dynamicSQL, .reachesFiles, .otherDatabase,
            .administersServer:
            false
        }
    }
}
