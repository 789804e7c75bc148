import Desired
import Diff
import Model

extension ChangeRules {
    private static func rule(
        _ id: LintRule, _ hazard: HazardRule, _ summary: String, _ remedy: String
    ) -> Rule {
        let hazards = hazard.lintHazards
        return Rule(
            id, hazards.first.map(level) ?? .error, summary, remedy: remedy, hazards: hazards)
    }

    static let refusedChange = Rule(
        .refusedChange, .error, "No plan would lead from one revision to the other",
        remedy: "take it in two changes of the schema")

    // MARK: Irreversible

    static let dropTable = rule(
        .dropTable, .dropTable, "A retired table is dropped with all of its rows",
        "keep a copy of what is needed, then approve")

    static let dropColumn = rule(
        .dropColumn, .dropColumn, "A dropped column loses its values",
        "approve it, or keep the column until nothing needs it")

    static let dropPrimaryKey = rule(
        .dropPrimaryKey, .dropPrimaryKey, "Without a primary key rows cannot be told apart",
        "define another primary key in the same change")

    static let dropPartition = rule(
        .dropPartition, .dropPartition, "A dropped partition loses its rows",
        "archive them, then approve")

    static let dropSystemVersioning = rule(
        .dropSystemVersioning, .dropSystemVersioning,
        "Without system versioning the history of all rows is lost",
        "keep a copy of the history, then approve")

    static let discardRows = rule(
        .discardRows, .discardRows,
        "An engine that keeps no row, or forgets them, empties the table",
        "keep a copy of what is needed, then approve")

    static let generateColumn = rule(
        .generateColumn, .generateColumn,
        "What a column holds is overwritten by its new expression",
        "keep the old values in another column first")

    // MARK: Lossy: columns

    static let narrowType = rule(
        .narrowType, .narrowType, "Values that the new type has no room for are cut or refused",
        "look for values that do not fit first")

    static let convertType = rule(
        .convertType, .convertType, "Values are converted to another kind of type, which may fail",
        "look for values that do not fit first")

    static let removeMembers = rule(
        .removeMembers, .removeMembers, "Rows that hold a removed ENUM or SET member do not fit",
        "look for values that do not fit first")

    static let reorderMembers = rule(
        .reorderMembers, .reorderMembers,
        "Members of an ENUM or SET that change places change the order",
        "append new members at the end")

    static let convertCharacterSet = rule(
        .convertCharacterSet, .convertCharacterSet,
        "Characters that the new character set does not have are lost",
        "check that every character and every index fits the new character set")

    static let changeCollation = rule(
        .changeCollation, .changeCollation,
        "Text compares otherwise; in a unique key, values may become equal",
        "look for such values first")

    static let forbidNull = rule(
        .forbidNull, .forbidNull, "Rows that hold NULL are refused",
        "fill them first, and give the column a default")

    // MARK: Lossy: keys and checks

    static let addCheck = rule(
        .addCheck, .addCheck, "Rows that break a new check are refused",
        "look for such rows first")

    static let addUnique = rule(
        .addUnique, .addUnique, "Rows that are equal in a new unique key are refused",
        "look for duplicates first")

    static let addPrimaryKey = rule(
        .addPrimaryKey, .addPrimaryKey,
        "Rows that are equal in a new primary key are refused, and the table is rebuilt",
        "look for duplicates first")

    static let addForeignKey = rule(
        .addForeignKey, .addForeignKey, "Rows without a parent are refused",
        "look for orphans first")

    static let addPeriod = rule(
        .addPeriod, .addPeriod, "Rows whose period ends before it starts are refused",
        "look for such rows first")

    static let leaveInnoDB = rule(
        .leaveInnoDB, .leaveInnoDB,
        "Outside of InnoDB there are no transactions and no crash recovery",
        "keep InnoDB unless this is meant")

    // MARK: Costly

    static let renameTable = rule(
        .renameTable, .renameTable, "Code that uses the old name of a table fails from then on",
        "deploy code that knows both names first, or keep a view under the old name")

    static let renameColumn = rule(
        .renameColumn, .renameColumn, "Code that uses the old name of a column fails from then on",
        "deploy code that knows both names first")

    static let widenType = rule(
        .widenType, .widenType, "Every value fits the new type, and the table is copied",
        "choose a quiet hour")

    static let appendMembers = rule(
        .appendMembers, .appendMembers,
        "With so many members an ENUM or SET needs another byte in each row",
        "choose a quiet hour")

    static let changeAttributes = rule(
        .changeAttributes, .changeAttributes,
        "A column is stored otherwise, and the table may be copied",
        "choose a quiet hour")

    static let changeExpression = rule(
        .changeExpression, .changeExpression,
        "A stored column is computed again for every row; keys over it may refuse what comes out",
        "choose a quiet hour")

    static let ungenerateColumn = rule(
        .ungenerateColumn, .ungenerateColumn,
        "A generated column keeps its values, and is computed no longer",
        "deploy code that sets it first")

    static let addAutoIncrement = rule(
        .addAutoIncrement, .addAutoIncrement,
        "A column becomes AUTO_INCREMENT; rows that hold NULL get numbers, and 0 stays 0",
        "choose a quiet hour")

    static let addComputedColumn = rule(
        .addComputedColumn, .addComputedColumn,
        "A new column is computed for every row, and the table is copied",
        "choose a quiet hour")

    static let addSpecialIndex = rule(
        .addSpecialIndex, .addSpecialIndex,
        "Writes wait while a fulltext, spatial or vector index is built",
        "choose a quiet hour")

    static let replacePrimaryKey = rule(
        .replacePrimaryKey, .replacePrimaryKey,
        "The table is rebuilt in the order of its new primary key",
        "choose a quiet hour")

    static let addSystemVersioning = rule(
        .addSystemVersioning, .addSystemVersioning,
        "The table is copied to keep the history of its rows",
        "choose a quiet hour")

    static let tableOption = rule(
        .tableOption, .tableOption, "A table option changes that rebuilds the table",
        "choose a quiet hour")

    static let repartition = rule(
        .repartition, .repartition,
        "Every row is copied to its new partition, and rows that fit none are refused",
        "choose a quiet hour")
}
