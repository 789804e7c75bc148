/// The pauses before the next attempt.
package enum RetryPauses {
    /// The longest pause, in seconds.
    package static let longestSeconds = 60.0

    /// The longest pause that a worker sits out, in seconds; a longer one is a time in the ledger.
    package static let shortSeconds = 4.0

    /// In seconds: 0.5 after the first failure, doubled with each attempt, at most 60.
    package static func seconds(attempt: Int) -> Double {
        min(longestSeconds, 0.5 * Double(1 << min(max(0, attempt - 1), 10)))
    }

    /// The pause of a loop after so many operations in a row failed for good on a table, in
    /// seconds: a minute after the first, doubled with each one, at most an hour.
    package static func loopSeconds(failures: Int) -> Int64 {
        min(3600, 60 << Int64(min(max(0, failures - 1), 6)))
    }

    /// As ``seconds(attempt:)``, from 1 second on: queries that queued behind a waiting statement
    /// run meanwhile.
    package static func lockPauseSeconds(attempt: Int) -> Double {
        seconds(attempt: attempt + 1)
    }
}
