import Basics

/// Remembers which subjects failed and when each may be tried again, between passes of a loop.
///
/// Each subject waits for itself, twice as long after each failure, so that a few failing ones do
/// not slow down the others. A success forgets the subject's failures.
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

    /// Notes a failure: the pause doubles, up to `longestSeconds`.
    package func failed(_ subject: Subject, now: Timestamp) {
        entries.withLock { entries in
            let failures = (entries[subject]?.failures ?? 0) + 1
            let pause = min(longestSeconds, firstSeconds << Int64(min(failures - 1, 20)))
            entries[subject] = Entry(failures: failures, dueAt: now.adding(seconds: pause))
        }
    }

    /// Forgets the failures of a subject that succeeded.
    package func succeeded(_ subject: Subject) {
        entries.withLock { $0[subject] = nil }
    }

    /// Forgets subjects that were due long ago (twice `longestSeconds`) and not tried again: they
    /// no longer exist.
    package func forgetAbandoned(now: Timestamp) {
        entries.withLock { entries in
            entries = entries.filter { $0.value.dueAt.adding(seconds: 2 * longestSeconds) > now }
        }
    }

    /// The number of subjects with a failure.
    package var count: Int { entries.withLock { $0.count } }

    /// Forgets every failure: all may be tried at once.
    package func forgetAll() {
        entries.withLock { $0 = [:] }
    }
}
