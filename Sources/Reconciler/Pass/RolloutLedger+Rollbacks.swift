import Ledger
import Model

extension RolloutLedger {
    /// Records what rollbacks do not hold any more, since git wants something else there: it is git
    /// that decides from then on, also where it goes back to what was taken back.
    ///
    /// With an old revision, because a fetch failed, nothing ends: it may be from before the
    /// change.
    func endRollbacks(_ planned: PlanningPass.Result) throws(LedgerError) {
        let (standing, over) = (planned.rollbacks, planned.rollbacks.over)
        guard !over.isEmpty, !standing.isStale else { return }
        let left = Set(standing.remaining.map(\.id))
        let ended = standing.records.map(\.id).filter { !left.contains($0) }
        let id = ended.first ?? over.keys.sorted().first ?? ""
        let event =
            ended.isEmpty
            ? LedgerEvent(
                "rollback-changed", subject: "Rollback \(id) does not hold everywhere any more",
                key: id, reason: "git wants something else")
            : LedgerEvent(
                "rollback-ended", subject: "End rollback \(ended.joined(separator: ", "))",
                key: id, reason: "git wants something else, or the shards have left")
        try pass.store.transact(event) { draft throws(LedgerError) in
            let records = try draft.rollbacks()
            let remaining = records.compactMap { $0.removing(over[$0.id] ?? [:]) }
            guard remaining != records else { return .nothing }
            try draft.setRollbacks(remaining)
            return .commit
        }
    }
}
