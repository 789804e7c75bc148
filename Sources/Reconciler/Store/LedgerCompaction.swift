import Ledger

extension LedgerStore {
    /// Compacts the ledger where that is worth it and no operation waits to be settled, in no
    /// environment; returns whether it did.
    ///
    /// Costs the listing of one folder where there is nothing to do.
    @discardableResult
    package func compactWhereIdle() throws(LedgerError) -> Bool {
        for environment in try ledger.environments() {
            let pending = try ledger.snapshot(environment)?.list(RecordPath.pendingFolder) ?? []
            guard pending.isEmpty else { return false }
        }
        return try ledger.compactWhereDue()
    }
}
