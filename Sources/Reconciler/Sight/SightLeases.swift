import Ledger
import Schema
import Store

/// Which workers read which servers for those that cannot reach them, as the ledger's leases have
/// it.
struct SightLeases {
    struct Holder: Hashable {
        /// The name of the worker.
        let owner: String
        let token: Int64
    }

    private let holders: [String: Holder]

    /// Costs one question to the store.
    init(of store: LedgerStore) throws(LedgerError) {
        let prefix = SharedNames.sights(store.environment)
        var holders: [String: Holder] = [:]
        for standing in try store.ledger.claims(below: prefix) where standing.isHeld {
            let lease = standing.lease
            holders[String(lease.name.dropFirst(prefix.count))] = Holder(
                owner: lease.owner, token: lease.token)
        }
        self.holders = holders
    }

    subscript(server: ServerAddress) -> Holder? { holders[server.description] }

    /// Whether there is a process that reads servers for others; also one that has none yet.
    static func isReaderPresent(in store: LedgerStore) throws(LedgerError) -> Bool {
        try store.ledger.claims(below: SharedNames.workers(store.environment)).contains {
            $0.isHeld && $0.lease.owner.hasPrefix(SharedNames.readers)
        }
    }
}
