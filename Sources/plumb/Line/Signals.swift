import Execution
import Foundation

/// Turns signals into requests that loops check for.
///
/// The signals are blocked in every thread, and one thread waits for them with `sigwait`, so no
/// signal handler interrupts other code. Before `deliver` they have their default effect.
enum Signals {
    private struct Listener: Sendable {
        let interrupt: Interrupt
        let told: @Sendable (String) -> Void
        let woken: @Sendable () -> Void
    }

    private static let listener = Lock<Listener?>(nil)

    /// To be called once, before any thread is started, as threads inherit the signal mask.
    ///
    /// SIGPIPE and SIGXFSZ are ignored, so that a closed pipe or a file size limit is an error of
    /// the write and does not end the process.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        var handled = set()
        pthread_sigmask(SIG_BLOCK, &handled, nil)
        let thread = Thread { wait() }
        thread.name = "plumb-signals"
        thread.start()
    }

    /// From now on SIGTERM and SIGINT raise `interrupt`, and a second one ends the process at once;
    /// SIGHUP wakes the waiting loop, after a call of `woken`.
    static func deliver(
        to interrupt: Interrupt, woken: @escaping @Sendable () -> Void = {},
        told: @escaping @Sendable (String) -> Void
    ) {
        listener.withLock { $0 = Listener(interrupt: interrupt, told: told, woken: woken) }
    }

    private static func wait() {
        var handled = set()
        while true {
            var number: Int32 = 0
            guard sigwait(&handled, &number) == 0 else { continue }
            guard let listener = listener.withLock({ $0 }) else {
                pthread_sigmask(SIG_UNBLOCK, &handled, nil)
                kill(getpid(), number)
                continue
            }
            if number == SIGHUP {
                listener.woken()
                listener.interrupt.wake()
            } else if listener.interrupt.isRaised {
                _exit(128 + number)
            } else {
                listener.told(
                    "ending: the running statements finish first; again to end at once")
                listener.interrupt.raise()
            }
        }
    }

    private static func set() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, number) }
        return set
    }
}
