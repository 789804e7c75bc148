import Basics
import Diff
import Ledger
import Model
import Schema

/// What follows from a failure for those that come after it, in the transition that records it.
extension LedgerJournal {
    /// Records when a loop tries again what failed, and that nothing more of its rollout begins
    /// where policy wants that; forgets earlier failures once the table is another one.
    static func recordFailure(
        _ record: PendingRecord, _ outcome: OperationOutcome, at now: Timestamp,
        in draft: inout LedgerDraft
    ) throws(LedgerError) {
        switch outcome.kind {
        case .failed:
            try withdrawAfterFailure(record, in: &draft)
            try pauseAfterFailure(record, outcome, at: now, in: &draft)
            // The next pass plans another way for what the table refused: nobody waits for that.
            guard outcome.refused == nil else { break }
            return try draft.setFailure(
                FailureRecord(
                    key: record.key, from: record.step.from, to: record.step.to,
                    rollout: record.rollout, message: outcome.message, at: now,
                    after: draft.failure(of: record.key)))
        case .completed, .superseded, .partly: break
        // It failed no more and no less than before.
        case .notRun, .cancelled: return
        }
        try draft.removeFailure(of: record.key)
    }

    /// Where one failure halts the rollout, no other process begins anything after the transition
    /// that records it.
    private static func withdrawAfterFailure(
        _ record: PendingRecord, in draft: inout LedgerDraft
    ) throws(LedgerError) {
        let rule = try draft.readableRollout(record.rollout)?.failureRule
        guard rule?.isHalted(failures: 1) != false else { return }
        _ = try draft.removeOffer(of: record.rollout)
    }

    /// Under `pause` nothing of the rollout begins after the transition that records a failure.
    private static func pauseAfterFailure(
        _ record: PendingRecord, _ outcome: OperationOutcome, at now: Timestamp,
        in draft: inout LedgerDraft
    ) throws(LedgerError) {
        guard try draft.readableRollout(record.rollout)?.policy == .pause else { return }
        let reason = OperationOutcome.failure(of: record.key, outcome.message)
        _ = try draft.pause(record.rollout, .init(reason: reason, at: now.iso))
    }
}
