import Execution
import Foundation
import Model
import Schema

/// The queue of one shard, which its leader and helpers share.
final class ShardBoard: @unchecked Sendable {
    private let condition = NSCondition()
    private var queue: ShardQueue
    private var failure: JournalFailure?
    private let control: RolloutControl
    let server: ServerAddress
    /// The numbers of helpers that are free, the smallest last.
    private var numbers: [Int] = []
    /// Whether the leader waits for what others are at.
    private var isLeaderWaiting = false

    init(_ queue: ShardQueue, _ control: RolloutControl, on server: ServerAddress) {
        self.queue = queue
        self.control = control
        self.server = server
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }

    /// Whether a round would find something to do.
    var hasWork: Bool { locked { open > 0 } }

    var report: ShardWorker.Report { locked { queue.report } }

    /// Call it with the lock held.
    private var open: Int { failure == nil ? queue.open(mayStart: control.mayStart) : 0 }

    // MARK: Rounds

    /// Begins a round with up to `limit` helpers.
    func beginRound(helpers limit: Int) {
        locked { numbers = Array((1...max(1, limit)).prefix(limit).reversed()) }
    }

    /// Ends it; throws where the ledger could not be written.
    func endRound() throws(JournalFailure) -> ShardQueue.Pause? {
        condition.lock()
        defer { condition.unlock() }
        if let failure { throw failure }
        return queue.endRound()
    }

    func update(_ body: (inout ShardQueue) -> Void) { locked { body(&queue) } }

    // MARK: Operations

    /// The next operation for the leader; waits while others may still make one ready, and is nil
    /// once nobody can.
    func nextForLeader() -> ShardQueue.Item? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let item = take() { return item }
            guard queue.running > 0 else { return nil }
            isLeaderWaiting = true
            condition.wait()
            isLeaderWaiting = false
        }
    }

    /// The next operation for a helper; nil where there is none now.
    func nextForHelper() -> ShardQueue.Item? { locked { take() } }

    private func take() -> ShardQueue.Item? {
        failure == nil ? queue.take(mayStart: control.mayStart) : nil
    }

    /// Says what came of an operation.
    func note(_ body: (inout ShardQueue) -> Void) {
        locked {
            body(&queue)
            condition.signal()
        }
    }

    /// The ledger could not be written for an operation at work: nothing is started any more.
    func fail(_ failure: JournalFailure) {
        locked {
            self.failure = self.failure ?? failure
            queue.abandon()
            condition.signal()
        }
    }

    // MARK: Helpers

    /// How many helpers would find something to do.
    func helpersWanted() -> Int {
        locked { min(numbers.count, max(0, open - (isLeaderWaiting ? 1 : 0))) }
    }

    /// The number of a helper that comes; nil where there are enough.
    func enter() -> Int? { locked { open > 0 ? numbers.popLast() : nil } }

    /// - Parameter couldWork: false where it got no session: no other is called in this round.
    func leave(_ number: Int, couldWork: Bool) {
        locked {
            if couldWork { numbers.append(number) } else { numbers = [] }
        }
    }
}
