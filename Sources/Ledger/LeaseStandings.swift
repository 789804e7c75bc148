import Store

extension Ledger {
    /// What is known of every lease, held or not, sorted by name; empty where there is no ledger.
    package func standings() throws(LedgerError) -> [LeaseStanding] {
        guard try isThere else { return [] }
        return try translating("the leases of the ledger \(path)") { () throws(StoreError) in
            try backend.leases(below: "")
        }
    }
}
