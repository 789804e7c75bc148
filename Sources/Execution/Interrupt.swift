import Foundation

/// A request to end, or to look at something now, that waiting threads notice at once.
package final class Interrupt: @unchecked Sendable {
    private let condition = NSCondition()
    private var isSet = false
    private var isWoken = false
    private var lastWaitWasWoken = false

    package init() {}

    /// Whether the end was asked for; it stays asked for.
    package var isRaised: Bool {
        condition.lock()
        defer { condition.unlock() }
        return isSet
    }

    /// Asks for the end.
    package func raise() {
        condition.lock()
        isSet = true
        condition.broadcast()
        condition.unlock()
    }

    /// Ends the present wait, or the next one, without asking for the end.
    package func wake() {
        condition.lock()
        isWoken = true
        condition.broadcast()
        condition.unlock()
    }

    /// Whether the last wait ended because somebody asked for attention.
    package var wasWoken: Bool {
        condition.lock()
        defer { condition.unlock() }
        return lastWaitWasWoken
    }

    /// Waits for `seconds`, or until woken; false when the end was asked for.
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
