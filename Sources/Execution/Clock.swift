import Basics
import Foundation

/// Where the shells get the time from; tests bring their own.
package protocol Clock: Sendable {
    var now: Timestamp { get }
    /// Waits until `seconds` have passed or `interrupt` is set; false when it was set.
    func wait(seconds: Double, unless interrupt: Interrupt) -> Bool
}

/// The machine's clock.
package struct SystemClock: Clock {
    package init() {}

    package var now: Timestamp { Timestamp(Date()) }

    package func wait(seconds: Double, unless interrupt: Interrupt) -> Bool {
        interrupt.wait(seconds: seconds)
    }
}
