/// How long statements wait for locks of other sessions, and how often they are tried.
///
/// A DDL statement that waits for a metadata lock blocks every later query on the table. So it
/// waits briefly, holds no lock while it pauses, and tries again. A statement that only reads
/// blocks nobody and may wait longer.
package struct LockWaits: Codable, Hashable, Sendable {
    /// The longest lock wait of a statement that changes a table, in seconds.
    package var ddlSeconds: Int
    /// How often one statement is tried in a run; after that its operation has failed.
    package var attempts: Int
    /// The pause after the first try, in seconds; it doubles with each one, up to
    /// `longestPauseSeconds`.
    package var firstPauseSeconds: Int
    /// The longest pause, in seconds.
    package var longestPauseSeconds: Int

    private enum CodingKeys: String, CodingKey {
        case ddlSeconds = "statementSeconds"
        case attempts, firstPauseSeconds, longestPauseSeconds
    }

    package init(ddlSeconds: Int) {
        self.ddlSeconds = ddlSeconds
        attempts = Self.standardAttempts
        firstPauseSeconds = Int(RetryPauses.lockPauseSeconds(attempt: 1))
        longestPauseSeconds = Int(RetryPauses.longestSeconds)
    }

    /// How often one statement fails before the operation is left to the next run.
    package static let standardAttempts = 10

    /// The lock wait limit of a statement that only reads, in seconds.
    package var readingSeconds: Int { max(10, ddlSeconds) }
}
