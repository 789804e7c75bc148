import Diff
import Schema

/// Servers add a column, and build an index, without a word about the other rows; asked for both
/// at once they write the whole table anew.
extension Workspace {
    /// The change with new indexes in statements of their own; nil where that spares no rebuild.
    ///
    /// Tried only where the proved statements rebuild the table: then it costs one more proof.
    func sparingRebuild(
        _ change: ChangeToProve, _ from: CatalogTable, _ to: CatalogTable, insteadOf proof: Proof
    ) throws(WorkspaceError) -> Proof? {
        // A table that refused to be spared is rebuilt.
        guard change.refused.isEmpty else { return nil }
        var apart = change
        apart.alterations = zip(change.alterations, proof.statements).flatMap {
            alteration, statement in
            (statement.rebuildsTable ? alteration.withIndexesApart(from: from.table) : nil)
                ?? [alteration]
        }
        guard apart.alterations.count > change.alterations.count else { return nil }
        let sparing: Proof
        do throws(WorkspaceError) {
            sparing = try startingEmpty { () throws(WorkspaceError) in
                try alter(apart, from, to, onlyByCopy: false)
            }
        } catch {
            // A server may want the two together: a column that counts up needs its key at once.
            guard error.code == .unavailable else { return nil }
            throw error
        }
        guard sparing.leads(to: to), !sparing.statements.contains(where: \.rebuildsTable) else {
            return nil
        }
        return sparing
    }
}
