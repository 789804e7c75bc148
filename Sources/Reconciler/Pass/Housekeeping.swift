import Basics
import Ledger

/// Keeps the ledger of an environment small: what is over for long leaves the tree, and the store
/// is compacted. The history keeps everything.
package struct Housekeeping {
    private let store: LedgerStore
    /// How long what is over stays in the tree, in seconds; nil for ever.
    private let keepSeconds: Int64?
    /// How long an approval counts at most, in seconds.
    private let lifetimeSeconds: Int64
    /// Who does it, for those who want the environment's lease meanwhile.
    private let holder: String

    package init(
        store: LedgerStore, keepSeconds: Int64?, lifetimeSeconds: Int64, holder: String
    ) {
        self.store = store
        self.keepSeconds = keepSeconds
        self.lifetimeSeconds = lifetimeSeconds
        self.holder = holder
    }

    /// What was done.
    package struct Report: Sendable {
        /// What left the tree; nil where nothing is to leave it, however old.
        package let retired: Retention.Counts?
        package let compaction: CompactionReport
    }

    /// Does it now. Throws `locked` while the environment is reconciled, or another one compacts.
    package func run() throws(LedgerError) -> Report {
        try store.ledger.requireMade()
        try store.ledger.requireKnownLayouts()
        let retired = try retire()
        return Report(retired: retired, compaction: try store.ledger.compact())
    }

    private func retire() throws(LedgerError) -> Retention.Counts? {
        guard let keepSeconds else { return nil }
        let lease = try store.ledger.lease(store.environment, holder: holder)
        defer { withExtendedLifetime(lease) {} }
        return try store.retire(
            before: store.now.adding(seconds: -keepSeconds), lifetimeSeconds: lifetimeSeconds)
    }

    /// Does it where the store has grown enough and no operation waits to be settled, in no
    /// environment; returns whether it did.
    ///
    /// Costs the listing of a few folders where there is nothing to do.
    @discardableResult
    package func runWhereIdle() throws(LedgerError) -> Bool {
        let ledger = store.ledger
        guard try ledger.isCompactionDue() else { return false }
        for environment in try ledger.environments() {
            let pending = try ledger.snapshot(environment)?.list(RecordPath.pendingFolder) ?? []
            guard pending.isEmpty else { return false }
        }
        do throws(LedgerError) {
            _ = try run()
            return true
        } catch  where error.code == .locked {
            return false
        }
    }
}

extension Housekeeping {
    /// With the settings of a pass.
    init(_ pass: PassContext) {
        self.init(
            store: pass.store, keepSeconds: pass.fleet.retentionSeconds.map(Int64.init),
            lifetimeSeconds: pass.request.approvals.lifetimeSeconds,
            holder: "daemon, which tidies up,")
    }
}
