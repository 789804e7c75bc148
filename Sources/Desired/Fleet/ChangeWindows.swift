import Basics
import Foundation

/// When changes may start: while one window of every set is open.
package struct ChangeWindows: Sendable {
    /// Windows of which one has to be open; a set without windows is always open.
    package struct Set: Sendable {
        /// Where they are written: `policy.windows`.
        package let name: String
        package let windows: [Window]
    }

    package let sets: [Set]

    /// The first set that is closed at `time`; nil where changes may start.
    package func closed(at time: Date) -> Set? {
        sets.first { set in
            !set.windows.isEmpty && !set.windows.contains { $0.isOpen(at: time) }
        }
    }

    /// The first minute after `time` at which changes may not start any more, or a day later where
    /// none comes before.
    package func openUntil(_ time: Timestamp) -> Timestamp {
        let day: Int64 = 86_400
        guard sets.contains(where: { !$0.windows.isEmpty }) else {
            return time.adding(seconds: day)
        }
        for minute in stride(from: 0, to: day, by: 60) {
            let later = time.adding(seconds: minute - time.secondsSince1970 % 60)
            if later >= time, closed(at: later.date) != nil { return later }
        }
        return time.adding(seconds: day)
    }

    /// The first time at or after `time` at which changes may start.
    ///
    /// Nil where they may not within some weeks, as with two sets that never meet.
    package func nextOpening(after time: Date) -> Date? {
        var next = time
        // Each round goes on to the opening of a set that is closed.
        for _ in 0..<100 {
            guard let closed = closed(at: next) else { return next }
            guard let opening = closed.windows.compactMap({ $0.nextOpening(after: next) }).min()
            else { return nil }
            next = opening
        }
        return nil
    }
}

extension Policy {
    /// The windows of the fleet file and those that the operator requires.
    package var changeWindows: ChangeWindows {
        ChangeWindows(sets: [
            .init(name: "policy.windows", windows: windows),
            .init(name: "the operator's windows", windows: requiredWindows),
        ])
    }
}
