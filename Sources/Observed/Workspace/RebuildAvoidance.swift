import Diff
import Schema

/// Servers can add a column instantly, and an index without rewriting rows; but both in one
/// statement rewrite the whole table.
extension Workspace {
    /// The change with new indexes in statements of their own; nil where that avoids no rebuild.
    ///
    /// Tried only where the proved statements rebuild the table, and then costs another proof.
    func avoidingRebuild(
        _ change: ChangeToProve, _ from: CatalogTable, _ to: CatalogTable, insteadOf proof: Proof
    ) throws(WorkspaceError) -> Proof? {
        // After a live table refused an instant change, it has to be rebuilt.
        guard change.refused.isEmpty else { return nil }
        var apart = change
        apart.alterations = zip(change.alterations, proof.statements).flatMap {
            alteration, statement in
            (statement.rebuildsTable ? alteration.withIndexesApart(from: from.table) : nil)
                ?? [alteration]
        }
        guard apart.alterations.count > change.alterations.count else { return nil }
        let cheaper: Proof
        do throws(WorkspaceError) {
            cheaper = try startingEmpty { () throws(WorkspaceError) in
                try alter(apart, from, to, onlyByCopy: false)
            }
        } catch {
            // Some changes need both at once: an AUTO_INCREMENT column must be the first of a key.
            guard error.code == .unavailable else { return nil }
            throw error
        }
        guard cheaper.leads(to: to), !cheaper.statements.contains(where: \.rebuildsTable) else {
            return nil
        }
        return cheaper
    }
}
