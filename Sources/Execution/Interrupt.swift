import Foundation

/// A request to stop, or to wake up, that waiting threads notice at once.
package final class Interrupt: @unchecked Sendable {
    private let condition = NSCondition()
    private var isSet = false
    private var isWoken = false
    private var lastWaitWasWoken = false

    package init() {}

    /// Whether a stop was requested; never false again after that.
    package var isRaised: Bool {
        condition.lock()
        defer { condition.unlock() }
        return isSet
    }

    /// Requests a stop.
    package func raise() {
        condition.lock()
        isSet = true
        condition.broadcast()
        condition.unlock()
    }

    /// Ends the current wait, or the next one, without requesting a stop.
    package func wake() {
        condition.lock()
        isWoken = true
        condition.broadcast()
        condition.unlock()
    }

    /// Whether the last wait ended because of ``wake()``.
    package var wasWoken: Bool {
        condition.lock()
        defer { condition.unlock() }
        return lastWaitWasWoken
    }

    /// Waits for `seconds`, or until woken; false when a stop was requested.
    package func wait(seconds: Double) -> Bool {
        let limit = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer {
            lastWaitWasWoken = isWoken
            isWoken = false
            condition.unlock()
        }
        while !isSet && !isWoken {
            guard condition.wait(until: limit) else { break }
        }
        return !isSet
    }
}
