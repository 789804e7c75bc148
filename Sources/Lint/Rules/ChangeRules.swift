import Desired
import Diff

/// What a change may do, by the ids that plans use.
///
/// The findings come from the comparison of two revisions; levels follow the class of each.
enum ChangeRules {
    static func rule(_ id: LintRule) -> Rule? {
        irreversible(id) ?? lossy(id) ?? lossyByDefinition(id) ?? costly(id) ?? costlyTable(id)
    }

    private static func rule(
        _ id: LintRule, _ hazards: [Hazard], _ summary: String, _ remedy: String
    ) -> Rule {
        let level = hazards.first.map(Self.level) ?? .error
        return Rule(id, level, summary, remedy: remedy, hazards: hazards)
    }

    /// How a finding of this class is taken where `plumb.yaml` says nothing.
    static func level(of hazard: Hazard) -> LintLevel {
        switch hazard {
        case .safe: .off
        case .costly: .warning
        case .lossy, .irreversible: .error
        }
    }

    private static func irreversible(_ id: LintRule) -> Rule? {
        switch id {
        case .dropTable:
            rule(
                id, [.irreversible], "A table that is retired goes with all of its rows",
                "keep a copy of what is needed, then approve")
        case .dropColumn:
            rule(
                id, [.irreversible], "A column that goes takes its values along",
                "approve it, or keep the column until nothing needs it")
        case .dropPrimaryKey:
            rule(
                id, [.irreversible], "Without a primary key nothing tells rows apart",
                "define another primary key in the same change")
        case .dropPartition:
            rule(
                id, [.irreversible], "A partition that goes takes its rows along",
                "archive them, then approve")
        case .dropSystemVersioning:
            rule(
                id, [.irreversible], "The history of all rows goes with system versioning",
                "keep a copy of the history, then approve")
        case .discardRows:
            rule(
                id, [.irreversible],
                "An engine that keeps no row, or forgets them, empties the table",
                "keep a copy of what is needed, then approve")
        case .generateColumn:
            rule(
                id, [.irreversible], "What a column holds is overwritten by its new expression",
                "keep the old values in another column first")
        default: nil
        }
    }

    private static func lossy(_ id: LintRule) -> Rule? {
        switch id {
        case .narrowType:
            rule(
                id, [.lossy], "Values that the new type has no room for are cut or refused",
                "look for values that do not fit first")
        case .convertType:
            rule(
                id, [.lossy], "Values are converted to another kind of type, which may fail",
                "look for values that do not fit first")
        case .removeMembers:
            rule(
                id, [.lossy], "Rows that hold a member that goes do not fit",
                "look for values that do not fit first")
        case .reorderMembers:
            rule(
                id, [.lossy], "Members of an ENUM or SET that change places change the order",
                "append new members at the end")
        case .convertCharacterSet:
            rule(
                id, [.lossy], "Characters that the new character set does not have are lost",
                "check that every character and every index fits the new character set")
        case .changeCollation:
            rule(
                id, [.lossy, .costly],
                "Text compares otherwise; in a unique key, values may become equal",
                "look for such values first")
        case .forbidNull:
            rule(
                id, [.lossy], "Rows that hold NULL are refused",
                "fill them first, and give the column a default")
        default: nil
        }
    }

    private static func lossyByDefinition(_ id: LintRule) -> Rule? {
        switch id {
        case .addCheck:
            rule(
                id, [.lossy], "Rows that break a new check are refused",
                "look for such rows first")
        case .addUnique:
            rule(
                id, [.lossy], "Rows that are equal in a new unique key are refused",
                "look for duplicates first")
        case .addPrimaryKey:
            rule(
                id, [.lossy, .costly],
                "Rows that are equal in a new primary key are refused, and the table is rebuilt",
                "look for duplicates first")
        case .addForeignKey:
            rule(
                id, [.lossy], "Rows without a parent are refused", "look for orphans first")
        case .addPeriod:
            rule(
                id, [.lossy], "Rows whose period ends before it starts are refused",
                "look for such rows first")
        case .leaveInnoDB:
            rule(
                id, [.lossy], "Outside of InnoDB there are no transactions and no crash recovery",
                "keep InnoDB unless this is meant")
        case .refusedChange:
            rule(
                id, [], "No plan would lead from one revision to the other",
                "take it in two changes of the schema")
        default: nil
        }
    }

    private static func costly(_ id: LintRule) -> Rule? {
        switch id {
        case .renameTable:
            rule(
                id, [.costly], "Code that uses the old name of a table fails from then on",
                "deploy code that knows both names first, or keep a view under the old name")
        case .renameColumn:
            rule(
                id, [.costly], "Code that uses the old name of a column fails from then on",
                "deploy code that knows both names first")
        case .widenType:
            rule(
                id, [.costly], "Every value fits the new type, and the table is copied",
                "choose a quiet hour")
        case .appendMembers:
            rule(
                id, [.costly], "So many members need another byte in each row",
                "choose a quiet hour")
        case .changeAttributes:
            rule(
                id, [.costly], "A column is stored otherwise, and the table may be copied",
                "choose a quiet hour")
        case .changeExpression:
            rule(
                id, [.costly], "A stored column is computed again for every row",
                "choose a quiet hour")
        case .ungenerateColumn:
            rule(
                id, [.costly], "A column keeps its values, computed no more",
                "deploy code that sets it first")
        default: nil
        }
    }

    private static func costlyTable(_ id: LintRule) -> Rule? {
        switch id {
        case .addAutoIncrement:
            rule(
                id, [.lossy, .costly],
                "A column counts from now on; rows that hold NULL get numbers, and 0 stays 0",
                "choose a quiet hour")
        case .addComputedColumn:
            rule(
                id, [.costly], "A new column is computed for every row, and the table is copied",
                "choose a quiet hour")
        case .addSpecialIndex:
            rule(
                id, [.costly], "Writes wait while a fulltext, spatial or vector index is built",
                "choose a quiet hour")
        case .replacePrimaryKey:
            rule(
                id, [.costly], "The table is rebuilt in the order of its new primary key",
                "choose a quiet hour")
        case .addSystemVersioning:
            rule(
                id, [.costly], "The table is copied to keep the history of its rows",
                "choose a quiet hour")
        case .tableOption:
            rule(
                id, [.costly], "A table option changes that rebuilds the table",
                "choose a quiet hour")
        case .repartition:
            rule(
                id, [.costly],
                "Every row is copied to its new partition, and rows that fit none are refused",
                "choose a quiet hour")
        default: nil
        }
    }
}
