import Foundation

/// A request to stop, or to wake up, that waiting threads notice at once.
package final class Interrupt: @unchecked Sendable {
    private let condition = NSCondition()
    private var isSet = false
    private var isWoken = false
    private var isNudged = false
    private var lastWaitWasWoken = false
    private let followers = Lock<[Follower]>([])

    private struct Follower {
        weak var interrupt: Interrupt?
    }

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
        for follower in followers.withLock({ $0 }) { follower.interrupt?.raise() }
    }

    /// An interrupt of its own for work beside this one's: a stop reaches it too, a waking does
    /// not, which is meant for who waits here.
    package func follower() -> Interrupt {
        let follower = Interrupt()
        followers.withLock { followers in
            followers.removeAll { $0.interrupt == nil }
            followers.append(Follower(interrupt: follower))
        }
        if isRaised { follower.raise() }
        return follower
    }

    /// Ends the current wait, or the next one, without requesting a stop.
    package func wake() {
        condition.lock()
        isWoken = true
        condition.broadcast()
        condition.unlock()
    }

    /// Ends the current wait, or the next one, as if its time were over.
    package func nudge() {
        condition.lock()
        isNudged = true
        condition.broadcast()
        condition.unlock()
    }

    /// Takes a nudge back that nobody has waited for.
    package func forgetNudge() {
        condition.lock()
        isNudged = false
        condition.unlock()
    }

    /// Whether the last wait ended because of ``wake()``.
    package var wasWoken: Bool {
        condition.lock()
        defer { condition.unlock() }
        return lastWaitWasWoken
    }

    /// Waits for `seconds`, or until woken or nudged; false when a stop was requested.
    package func wait(seconds: Double) -> Bool {
        let limit = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer {
            lastWaitWasWoken = isWoken
            isWoken = false
            isNudged = false
            condition.unlock()
        }
        while !isSet && !isWoken && !isNudged {
            guard condition.wait(until: limit) else { break }
        }
        return !isSet
    }
}
