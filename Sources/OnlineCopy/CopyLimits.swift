import Diff
import Schema

/// Which tables are not copied, and why: what the copy could not bring over exactly.
enum CopyLimits {
    /// Why a table cannot be copied, as the sentence that a plan shows; nil where it can.
    static func reason(from: Table, to: Table) -> String? {
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
        if from.name != to.name { return "a table that gets another name is not copied" }
        return nil
    }
}
