import Diff
import Schema

/// An object of a desired schema that is wanted as it was before a rollout, whatever git has.
package struct TakenBack: Hashable, Sendable {
    package let rollback: PlanRollback
    /// Columns whose names go back with it.
    package let columns: [ColumnRename]

    package init(rollback: PlanRollback, columns: [ColumnRename] = []) {
        self.rollback = rollback
        self.columns = columns
    }
}
