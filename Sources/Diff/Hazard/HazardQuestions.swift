/// What the rows of a live table are asked about a finding.
package enum RowQuestion: String, Hashable, Sendable, CaseIterable {
    /// Whether there is any row.
    case anyRow = "any row"
    case nulls = "rows with NULL"
    /// What a column that begins to count gives a number: NULL, and on MariaDB 0 as well.
    case uncounted = "rows that get a number"
    case unfitValues = "values that the new type does not take as they are"
    /// Characters that the new character set does not have, and texts that become equal.
    case unfitText = "text that is lost or becomes equal"
    case equalRows = "rows that are equal in the key"
    case brokenChecks = "rows that break the check"
    case orphans = "rows without a parent"
    case reversedPeriods = "periods that end before they start"
    case unplacedRows = "rows without a partition"
    case failingValues = "values that cannot be computed"
    case failingCopies = "values that a copy does not take"
    /// What decides is not known before the statement runs: nothing is asked, and the plan says so.
    case unknowable = "not asked"
}

/// What becomes of the rows that a question finds.
package enum RowOutcome: String, Hashable, Sendable, CaseIterable {
    /// The statement fails for one of them.
    case refused
    /// The statement takes them, and they read otherwise afterwards.
    case changed
    /// The one or the other, by the server and the types: the question says which.
    case refusedOrChanged = "refused or changed"
}

extension HazardRule {
    /// What rows are asked, where its findings depend on data, and what becomes of those that are
    /// found; nil where rows decide nothing.
    package var question: (asked: RowQuestion, outcome: RowOutcome)? {
        switch self {
        case .addRequiredColumn: (.anyRow, .refused)
        case .addUnfilledColumn: (.anyRow, .changed)
        case .forbidNull: (.nulls, .refusedOrChanged)
        case .addAutoIncrement: (.uncounted, .changed)
        case .narrowType, .convertType, .removeMembers: (.unfitValues, .refusedOrChanged)
        case .convertCharacterSet, .changeCollation: (.unfitText, .refused)
        case .addUnique, .addPrimaryKey: (.equalRows, .refused)
        case .addCheck: (.brokenChecks, .refused)
        case .addForeignKey: (.orphans, .refused)
        case .addPeriod: (.reversedPeriods, .refused)
        case .repartition: (.unplacedRows, .refused)
        case .computeValues: (.failingValues, .refused)
        case .copyValues: (.failingCopies, .refused)
        case .changeExpression: (.unknowable, .refused)
        case .createTable, .dropTable, .renameTable, .rebuildTable, .tableOption,
            .defaultCharacterSet, .leaveInnoDB, .discardRows, .addSystemVersioning,
            .dropSystemVersioning, .dropPeriod, .addPartition, .dropPartition, .addColumn,
            .addComputedColumn, .dropColumn, .dropComputedColumn, .dropVirtualColumn,
            .renameColumn, .moveColumn, .changeColumn, .widenType, .changeDisplay,
            .changeAttributes, .appendMembers, .reorderMembers, .allowNull, .generateColumn,
            .ungenerateColumn, .addIndex, .addSpecialIndex, .replaceIndex, .replacePrimaryKey,
            .keepIndex, .renameIndex, .indexVisibility, .dropIndex, .dropUnique, .dropPrimaryKey,
            .dropForeignKey, .foreignKeyAway, .dropCheck, .dropView, .dropTrigger,
            .dropProcedure, .dropFunction, .dropEvent, .dropSequence, .replaceView,
            .replaceTrigger, .replaceProcedure, .replaceFunction, .replaceEvent,
            .replaceSequence, .runsAsDefiner, .dynamicSQL, .reachesFiles, .otherDatabase,
            .administersServer:
            nil
        }
    }
}
