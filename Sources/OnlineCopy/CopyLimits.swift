import Diff
import Schema

/// Which tables are not copied, and why: what the copy could not bring over exactly.
enum CopyLimits {
    /// Why a table cannot be copied, as the sentence that a plan shows; nil where it can.
    static func reason(
        from: Table, to: Table, flavour: ServerProfile.Flavour
    ) -> String? {
        for table in [from, to] {
            if table.option("ENGINE")?.lowercased() != "innodb" {
                return "only tables of InnoDB are copied: others do not keep their rows apart from "
                    + "those that are being written"
            }
            if table.isSystemVersioned || !table.periods.isEmpty {
                return "tables with periods are not copied: the copy would get a history of its own"
            }
            if !table.foreignKeys.isEmpty {
                return "tables with foreign keys are not copied: what a foreign key changes in "
                    + "other tables stands in no log"
            }
        }
        let ownChecks = Set(from.checks.map(\.name)).intersection(to.checks.map(\.name))
            .filter { from.checkNumber($0) == nil }
        if flavour == .mysql, let name = ownChecks.min() {
            return
                "a table with a check that has a name of its own (\(name)) is not copied: no two "
                + "tables of a database of MySQL can have a check of one name"
        }
        if flavour == .mysql, let names = CopyNames(of: to.name),
            to.named(names.shadow, flavour: flavour).checks.contains(where: {
                $0.name.unicodeScalars.count > 64
            })
        {
            return "the name of the table is too long for the checks of its copy: MySQL gives them "
                + "the name of the table and a number"
        }
        if from.name != to.name { return "a table that gets another name is not copied" }
        return nil
    }
}
