import Schema

/// Each thing that a plan says about what a change may do.
///
/// The raw value is the id that plans, lint and policies write, which never changes. What else is
/// decided about a rule is said for every one of them in ``dependsOn(_:)``, ``question``,
/// ``hazards`` and ``lintHazards``; `docs/hazards.md` shows all of it.
package enum HazardRule: String, Hashable, Sendable, CaseIterable {
    // Tables
    case createTable = "create-table"
    case dropTable = "drop-table"
    case renameTable = "rename-table"
    case rebuildTable = "rebuild-table"
    case tableOption = "table-option"
    case defaultCharacterSet = "default-character-set"
    case leaveInnoDB = "leave-innodb"
    case discardRows = "discard-rows"
    case addSystemVersioning = "add-system-versioning"
    case dropSystemVersioning = "drop-system-versioning"
    case addPeriod = "add-period"
    case dropPeriod = "drop-period"
    case addPartition = "add-partition"
    case dropPartition = "drop-partition"
    case repartition

    // Columns
    case addColumn = "add-column"
    case addComputedColumn = "add-computed-column"
    case addRequiredColumn = "add-required-column"
    case addUnfilledColumn = "add-unfilled-column"
    case dropColumn = "drop-column"
    case dropComputedColumn = "drop-computed-column"
    case dropVirtualColumn = "drop-virtual-column"
    case renameColumn = "rename-column"
    case moveColumn = "move-column"
    case changeColumn = "change-column"
    case narrowType = "narrow-type"
    case widenType = "widen-type"
    case convertType = "convert-type"
    case changeDisplay = "change-display"
    case changeAttributes = "change-attributes"
    case appendMembers = "append-members"
    case reorderMembers = "reorder-members"
    case removeMembers = "remove-members"
    case convertCharacterSet = "convert-character-set"
    case changeCollation = "change-collation"
    case allowNull = "allow-null"
    case forbidNull = "forbid-null"
    case addAutoIncrement = "add-auto-increment"
    case generateColumn = "generate-column"
    case ungenerateColumn = "ungenerate-column"
    case changeExpression = "change-expression"

    // Indexes and constraints
    case addIndex = "add-index"
    case addUnique = "add-unique"
    case addPrimaryKey = "add-primary-key"
    case addSpecialIndex = "add-special-index"
    case replaceIndex = "replace-index"
    case replacePrimaryKey = "replace-primary-key"
    case keepIndex = "keep-index"
    case renameIndex = "rename-index"
    case indexVisibility = "index-visibility"
    case dropIndex = "drop-index"
    case dropUnique = "drop-unique"
    case dropPrimaryKey = "drop-primary-key"
    case addForeignKey = "add-foreign-key"
    case dropForeignKey = "drop-foreign-key"
    /// Foreign keys that are away while the tables of a step change.
    case foreignKeyAway = "foreign-key-away"
    case addCheck = "add-check"
    case dropCheck = "drop-check"

    // Values that no clause names
    /// What the server computes for rows, and refuses in strict mode where it cannot.
    case computeValues = "compute-values"
    /// What the server writes again when it copies the table.
    case copyValues = "copy-values"

    // Views, triggers, routines, events and sequences
    case dropView = "drop-view"
    case dropTrigger = "drop-trigger"
    case dropProcedure = "drop-procedure"
    case dropFunction = "drop-function"
    case dropEvent = "drop-event"
    case dropSequence = "drop-sequence"
    case replaceView = "replace-view"
    case replaceTrigger = "replace-trigger"
    case replaceProcedure = "replace-procedure"
    case replaceFunction = "replace-function"
    case replaceEvent = "replace-event"
    case replaceSequence = "replace-sequence"
    case runsAsDefiner = "runs-as-definer"
    case dynamicSQL = "dynamic-sql"
    case reachesFiles = "reaches-files"
    case otherDatabase = "other-database"
    case administersServer = "administers-server"
}

extension HazardRule {
    /// The rule for an object that is dropped.
    package static func dropping(_ kind: ObjectName.Kind) -> HazardRule {
        switch kind {
        case .table: .dropTable
        case .sequence: .dropSequence
        case .procedure: .dropProcedure
        case .function: .dropFunction
        case .view: .dropView
        case .trigger: .dropTrigger
        case .event: .dropEvent
        }
    }

    /// The rule for a live object whose definition git never had and that is replaced; nil for a
    /// table, which is altered clause by clause.
    package static func replacing(_ kind: ObjectName.Kind) -> HazardRule? {
        switch kind {
        case .table: nil
        case .sequence: .replaceSequence
        case .procedure: .replaceProcedure
        case .function: .replaceFunction
        case .view: .replaceView
        case .trigger: .replaceTrigger
        case .event: .replaceEvent
        }
    }

    /// Whether it costs those who use the old name, and not the server.
    package var isAboutNames: Bool { self == .renameTable || self == .renameColumn }
}
