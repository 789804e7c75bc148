import Ledger
import Model

extension RolloutLedger {
    /// Records what rollbacks do not hold any more, since git wants something else there: it is git
    /// that decides from then on, also where it goes back to what was taken back. What git has gone
    /// back from, too, is marked as such until the shards are back. And what they hold besides, on
    /// shards that joined later.
    ///
    /// With an old revision, because a fetch failed, nothing ends: it may be from before the
    /// change.
    func endRollbacks(_ planned: PlanningPass.Result) throws(LedgerError) {
        let (standing, over) = (planned.rollbacks, planned.rollbacks.over)
        guard !over.isEmpty || !standing.joined.isEmpty || !standing.reverted.isEmpty,
            !standing.isStale
        else { return }
        let left = Set(standing.remaining.map(\.id))
        let ended = standing.records.map(\.id).filter { !left.contains($0) }
        let changed = Set(over.keys).union(standing.joined.keys).union(standing.reverted.keys)
        let id = ended.first ?? changed.min() ?? ""
        let event =
            ended.isEmpty
            ? Self.change(of: id, standing)
            : LedgerEvent(
                "rollback-ended", subject: "End rollback \(ended.joined(separator: ", "))",
                key: id,
                reason: "git wants something else, nothing is left to take back, or the shards "
                    + "have left")
        try pass.store.transact(event) { draft throws(LedgerError) in
            let records = try draft.rollbacks()
            let remaining = standing.remaining(of: records)
            guard remaining != records else { return .nothing }
            try draft.setRollbacks(remaining)
            return .commit
        }
    }

    private static func change(of id: String, _ standing: RollbackStanding) -> LedgerEvent {
        let shards = Set(standing.joined.values.flatMap(\.keys)).sorted()
        guard let first = shards.first else {
            guard standing.over.isEmpty else {
                return LedgerEvent(
                    "rollback-changed", subject: "Rollback \(id) does not hold everywhere any more",
                    key: id, reason: "git wants something else, or nothing is left to take back")
            }
            return LedgerEvent(
                "rollback-changed", subject: "Git goes back to before rollback \(id), too", key: id,
                reason: "git decides again about what is reverted, once the shards are back")
        }
        let others = shards.count > 1 ? " and \(shards.count - 1) more" : ""
        return LedgerEvent(
            "rollback-changed", subject: "Rollback \(id) holds on \(first)\(others) too", key: id,
            reason: "what was taken back is not rolled out to shards that joined later")
    }
}
