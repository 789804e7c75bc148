import Execution
import Foundation

/// Turns signals into requests that the loop notices.
///
/// The signals are blocked in every thread and taken by one that only waits for them: no handler
/// runs in the middle of anything. Commands that only read leave them alone: they end at once.
enum Signals {
    /// Called once, before anything else: a closed pipe and a file that may not grow are errors
    /// of the write, not the end of the process.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// From now on SIGTERM and SIGINT raise `interrupt`, a second one ends the process at once;
    /// SIGHUP wakes whoever waits.
    ///
    /// Called before any thread is started: a thread blocks what its maker blocks.
    static func deliver(to interrupt: Interrupt, told: @escaping @Sendable (String) -> Void) {
        var handled = set()
        pthread_sigmask(SIG_BLOCK, &handled, nil)
        let thread = Thread {
            var handled = set()
            while true {
                var number: Int32 = 0
                guard sigwait(&handled, &number) == 0 else { continue }
                switch number {
                case SIGHUP: interrupt.wake()
                default:
                    if interrupt.isRaised { _exit(128 + number) }
                    told("ending: the running statements finish first; again to end at once")
                    interrupt.raise()
                }
            }
        }
        thread.name = "plumb-signals"
        thread.start()
    }

    private static func set() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, number) }
        return set
    }
}
