import Execution
import Foundation

/// Turns signals into requests that the loop notices.
///
/// The signals are blocked in every thread and taken by one that only waits for them: no handler
/// runs in the middle of anything.
enum Signals {
    private static let handled: [Int32] = [SIGTERM, SIGINT, SIGHUP]

    /// Called once, before any thread is started.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        for number in handled { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// From now on SIGTERM and SIGINT raise `interrupt`, a second one ends the process at once;
    /// SIGHUP wakes whoever waits.
    static func deliver(to interrupt: Interrupt, told: @escaping @Sendable (String) -> Void) {
        let thread = Thread {
            var set = sigset_t()
            sigemptyset(&set)
            for number in handled { sigaddset(&set, number) }
            while true {
                var number: Int32 = 0
                guard sigwait(&set, &number) == 0 else { continue }
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

    /// Outside of long commands the signals do what they always do.
    static func restore() {
        var set = sigset_t()
        sigemptyset(&set)
        for number in handled { sigaddset(&set, number) }
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }
}
