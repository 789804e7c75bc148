import Foundation

/// The transitions of one environment that threads of this process have to record.
///
/// The first thread carries out its own at once. Those that come meanwhile go together: one of
/// their threads carries out all of them, and the others wait.
final class TransitionQueue: @unchecked Sendable {
    // Sendable because all that changes is only used with `lock` locked.
    private let lock = NSLock()
    private var waiting: [Transition] = []
    /// The thread that is carrying out a group, or is about to.
    private var leader: pthread_t?
    private var pace: GroupPace
    /// Signalled when all have come for whom a leader waits; nil where none does.
    private var allHere: DispatchSemaphore?

    init(pace: GroupPace = GroupPace()) { self.pace = pace }

    /// How many wait while others are carried out.
    var waitingCount: Int { lock.withLock { waiting.count } }

    private var waitingThreads: Set<pthread_t> { Set(waiting.map(\.thread)) }

    /// Returns when `transition` has its outcome.
    ///
    /// - Parameter carryOut: settles every transition of a group; runs on one thread at a time.
    /// - Returns: false, without a change, where this very thread is carrying out a group.
    func run(_ transition: Transition, _ carryOut: ([Transition]) -> Void) -> Bool {
        lock.lock()
        if let leader, pthread_equal(leader, transition.thread) != 0 {
            lock.unlock()
            return false
        }
        waiting.append(transition)
        if leader == nil {
            leader = transition.thread
        } else {
            if let allHere, pace.areAllHere(waitingThreads) { allHere.signal() }
            lock.unlock()
            transition.turn.wait()
            lock.lock()
        }
        let leads = leader.map { pthread_equal($0, transition.thread) != 0 } ?? false
        lock.unlock()
        if leads { lead(carryOut) }
        return true
    }

    /// Carries out all that waits, wakes those who asked for it, and leaves what came meanwhile to
    /// one of its threads.
    private func lead(_ carryOut: ([Transition]) -> Void) {
        let group = gathered()
        let start = ProcessorTime.ofThread
        carryOut(group)
        let cost = ProcessorTime.ofThread &- start
        lock.lock()
        pace.note(group.map(\.thread), cost: cost, end: DispatchTime.now().uptimeNanoseconds)
        let next = waiting.first
        leader = next?.thread
        lock.unlock()
        for transition in group where pthread_equal(transition.thread, pthread_self()) == 0 {
            transition.turn.signal()
        }
        next?.turn.signal()
    }

    /// What waits, once the pace lets it begin.
    private func gathered() -> [Transition] {
        lock.lock()
        defer { lock.unlock() }
        let rest = pace.rest(waitingThreads, at: DispatchTime.now().uptimeNanoseconds)
        if rest > 0 {
            let signal = DispatchSemaphore(value: 0)
            allHere = signal
            lock.unlock()
            _ = signal.wait(timeout: .now() + .nanoseconds(Int(rest)))
            lock.lock()
            allHere = nil
        }
        defer { waiting = [] }
        return waiting
    }
}

/// How long a thread has kept a processor busy.
private enum ProcessorTime {
    /// In nanoseconds, of the present thread.
    static var ofThread: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
