/// How long statements wait for the locks of others, and how often they are tried.
///
/// A change that waits for a table stops every query that comes behind it: it waits shortly, holds
/// nothing while it pauses, and comes again. Who only reads stops nobody, and waits longer.
package struct LockWaits: Codable, Hashable, Sendable {
    /// The longest wait of a statement that changes a table.
    package var statementSeconds: Int
    /// Tries of one statement in a run; what is left then is a failure of its operation.
    package var attempts: Int
    /// The pause after the first try; it doubles with each one.
    package var firstPauseSeconds: Int
    package var longestPauseSeconds: Int

    package init(statementSeconds: Int) {
        self.statementSeconds = statementSeconds
        attempts = Self.standardAttempts
        firstPauseSeconds = Int(Backoff.statementSeconds(attempt: 1))
        longestPauseSeconds = Int(Backoff.longestSeconds)
    }

    /// How often one statement fails before the operation is left to the next run.
    package static let standardAttempts = 10

    /// The longest wait of a statement that only reads.
    package var readingSeconds: Int { max(10, statementSeconds) }
}
