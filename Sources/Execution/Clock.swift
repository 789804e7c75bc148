import Basics
import Foundation

/// The source of time for code that waits; tests bring a clock of their own.
package protocol Clock: Sendable {
    var now: Timestamp { get }
    /// Waits until `seconds` have passed or a stop is requested; false in the latter case.
    func wait(seconds: Double, unless interrupt: Interrupt) -> Bool
}

/// The clock of the machine.
package struct SystemClock: Clock {
    package init() {}

    package var now: Timestamp { Timestamp(Date()) }

    package func wait(seconds: Double, unless interrupt: Interrupt) -> Bool {
        interrupt.wait(seconds: seconds)
    }
}
