import Execution
import Foundation

/// Tells the manager that the loops live, as long as they do.
package final class Watchdog: Sendable {
    private let finished = Interrupt()

    /// Nil where the manager does not ask for it.
    ///
    /// - Parameter late: called once for each time that loops begin to stand still, with their
    ///   names; the manager is not told from then on, until they go on.
    package init?(
        _ manager: ServiceManager, pulse: LoopPulse,
        late: @escaping @Sendable ([String]) -> Void
    ) {
        guard let seconds = manager.watchdogSeconds else { return nil }
        let thread = Thread { [finished] in
            var told: [String] = []
            repeat {
                let standing = pulse.late(allowance: seconds)
                if standing.isEmpty { manager.tell([.watchdog]) }
                if standing != told, !standing.isEmpty { late(standing) }
                told = standing
            } while finished.wait(seconds: seconds / 3)
        }
        thread.name = "plumb-watchdog"
        thread.start()
    }

    deinit { finished.raise() }
}
