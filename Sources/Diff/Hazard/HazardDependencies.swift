/// What decides whether, and how much, a finding hurts.
package enum Dependency: String, Hashable, Sendable, Codable, CaseIterable {
    /// The rows that are there.
    case data
    /// The kind and the version of the server, which choose the algorithm.
    case server
    /// How many rows there are.
    case size
}

extension HazardRule {
    /// What decides about a finding of this rule, sorted by name; empty where nothing but the
    /// change itself does.
    package func dependsOn(_ hazard: Hazard) -> [Dependency] {
        switch self {
        // These depend on it even where they are safe.
        case .addIndex, .replaceIndex: return [.server, .size]
        case .computeValues, .copyValues: return [.data]
        case .narrowType, .convertType, .removeMembers, .forbidNull, .addCheck, .addPeriod,
            .addUnfilledColumn, .addRequiredColumn:
            return hazard == .safe ? [] : [.data]
        case .addUnique, .addForeignKey, .convertCharacterSet, .repartition: return [.data, .size]
        case .addPrimaryKey: return hazard == .lossy ? [.data, .size] : [.size]
        case .changeCollation, .addAutoIncrement:
            return hazard == .lossy ? [.data, .size] : [.server, .size]
        case .changeExpression:
            return switch hazard {
            case .safe: []
            case .lossy: [.data]
            case .costly, .irreversible: [.server, .size]
            }
        case .addComputedColumn, .addSpecialIndex, .replacePrimaryKey, .addSystemVersioning:
            return [.size]
        case .widenType, .appendMembers, .changeAttributes, .ungenerateColumn, .tableOption,
            .rebuildTable:
            return hazard == .safe ? [] : [.server, .size]
        case .dropTable, .dropColumn, .dropPartition, .dropPrimaryKey, .dropSystemVersioning,
            .generateColumn, .leaveInnoDB, .discardRows, .reorderMembers, .renameTable,
            .renameColumn, .foreignKeyAway, .createTable, .defaultCharacterSet, .dropPeriod,
            .addPartition, .addColumn, .dropComputedColumn, .dropVirtualColumn, .moveColumn,
            .changeColumn, .changeDisplay, .allowNull, .keepIndex, .renameIndex,
            .indexVisibility, .dropIndex, .dropUnique, .dropForeignKey, .dropCheck, .dropView,
            .dropTrigger, .dropProcedure, .dropFunction, .dropEvent, .dropSequence, .replaceView,
            .replaceTrigger, .replaceProcedure, .replaceFunction, .replaceEvent,
            .replaceSequence, .runsAsDefiner, .dynamicSQL, .reachesFiles, .otherDatabase,
            .administersServer:
            return []
        }
    }
}
