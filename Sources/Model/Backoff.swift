/// How long to wait before the next attempt.
package enum Backoff {
    package static let longestSeconds = 60.0

    /// 0.5 s after the first failure, doubled each time, one minute at most.
    package static func seconds(attempt: Int) -> Double {
        min(longestSeconds, 0.5 * Double(1 << min(max(0, attempt - 1), 10)))
    }

    /// The same from 1 s on: what queued behind a statement that waited for a lock gets its turn.
    package static func statementSeconds(attempt: Int) -> Double {
        seconds(attempt: attempt + 1)
    }
}
