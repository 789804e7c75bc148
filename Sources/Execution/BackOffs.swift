import Basics

/// Remembers what failed and when it may be tried again, from one pass of a loop to the next.
///
/// A few failing subjects must not slow all the others: each waits for itself, longer after each
/// failure, and is forgotten as soon as it succeeds.
package final class BackOffs<Subject: Hashable & Sendable>: Sendable {
    private struct Entry {
        var failures: Int
        var dueAt: Timestamp
    }

    private let entries = Lock<[Subject: Entry]>([:])
    private let firstSeconds: Int64
    private let longestSeconds: Int64

    /// - Parameters:
    ///   - firstSeconds: the pause after the first failure; it doubles with each one.
    ///   - longestSeconds: the longest pause.
    package init(firstSeconds: Int64, longestSeconds: Int64) {
        self.firstSeconds = firstSeconds
        self.longestSeconds = longestSeconds
    }

    /// When `subject` may be tried again; nil when it may be now.
    package func wait(for subject: Subject, now: Timestamp) -> Timestamp? {
        guard let entry = entries.withLock({ $0[subject] }), entry.dueAt > now else { return nil }
        return entry.dueAt
    }

    package func failed(_ subject: Subject, now: Timestamp) {
        entries.withLock { entries in
            let failures = (entries[subject]?.failures ?? 0) + 1
            let pause = min(longestSeconds, firstSeconds << Int64(min(failures - 1, 20)))
            entries[subject] = Entry(failures: failures, dueAt: now.adding(seconds: pause))
        }
    }

    package func succeeded(_ subject: Subject) {
        entries.withLock { $0[subject] = nil }
    }

    /// Forgets what could have been tried again so long ago that nobody seems to want it any more:
    /// its subject left, or became another one.
    package func forgetAbandoned(now: Timestamp) {
        entries.withLock { entries in
            entries = entries.filter { $0.value.dueAt.adding(seconds: 2 * longestSeconds) > now }
        }
    }

    /// How many subjects are known to have failed.
    package var count: Int { entries.withLock { $0.count } }

    /// Everything may be tried at once.
    package func forgetAll() {
        entries.withLock { $0 = [:] }
    }
}
