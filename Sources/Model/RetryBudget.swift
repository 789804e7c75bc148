import Basics

/// How often an operation is tried that fails for a reason that may pass, and for how long:
/// `policy.rollout.retries`.
package struct RetryBudget: Codable, Hashable, Sendable {
    /// After so many failed attempts in a row the operation has failed.
    package var attempts: Int
    /// No attempt begins later than this after the first of them failed, in seconds.
    package var withinSeconds: Int

    package init(attempts: Int, withinSeconds: Int) {
        self.attempts = attempts
        self.withinSeconds = withinSeconds
    }

    package static let standard = RetryBudget(
        attempts: LockWaits.standardAttempts, withinSeconds: 86_400)

    /// When the next attempt begins after `failed` that failed, the last one now; nil where the
    /// budget is used up.
    ///
    /// A budget only ends with a failed attempt: an operation that nobody ran for days is tried
    /// once more.
    package func next(
        after failed: Int, failingSince since: Timestamp, now: Timestamp
    ) -> Timestamp? {
        guard failed < attempts else { return nil }
        let next = now.adding(seconds: Int64(RetryPauses.lockPauseSeconds(attempt: failed)))
        return next <= since.adding(seconds: Int64(withinSeconds)) ? next : nil
    }
}
