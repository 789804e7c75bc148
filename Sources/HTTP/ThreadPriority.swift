import Foundation

/// How much of the processor a thread gets where others want it, too.
enum ThreadPriority {
    /// Lets the calling thread wait behind the program's work: who asks waits a little longer, and
    /// what is asked about goes on.
    ///
    /// Linux has a value for each thread, and anybody may lower his own.
    static func yieldToWork() { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
}
