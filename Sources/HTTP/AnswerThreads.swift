import Foundation

/// The threads on which requests are answered, so that a slow answer keeps no connection waiting.
final class AnswerThreads: @unchecked Sendable {
    private let condition = NSCondition()
    private let limit: Int
    private var queue: [@Sendable () -> Void] = []
    private var isClosed = false
    private let running = DispatchGroup()

    /// - Parameter limit: how many may wait for a thread.
    init(count: Int, limit: Int) {
        self.limit = limit
        for number in 0..<count {
            running.enter()
            let thread = Thread { [self] in
                ThreadPriority.yieldToWork()
                while let work = next() { work() }
                running.leave()
            }
            thread.name = "plumb-http-\(number)"
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    /// Has `work` done by the next thread that is free; false where too many wait already, or the
    /// threads end.
    func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard !isClosed, queue.count < limit else { return false }
        queue.append(work)
        condition.signal()
        return true
    }

    /// Lets what waits be done, and returns when the threads have ended.
    func finish() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
        running.wait()
    }

    private func next() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while queue.isEmpty {
            if isClosed { return nil }
            condition.wait()
        }
        return queue.removeFirst()
    }
}
