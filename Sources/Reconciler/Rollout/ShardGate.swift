import Foundation

/// Bounds how many shards of one rollout are at work, by a limit that changes while they are.
final class ShardGate: @unchecked Sendable {
    private let condition = NSCondition()
    private var limit: Int?
    private var inside = 0

    /// The limit from now on; nil for none. Shards that are at work go on.
    func limit(_ shards: Int?) {
        condition.lock()
        limit = shards
        condition.broadcast()
        condition.unlock()
    }

    /// Whether there is a limit.
    var isLimited: Bool {
        condition.lock()
        defer { condition.unlock() }
        return limit != nil
    }

    /// Waits until one more may be at work; false where `mayStart` is not true any more, which is
    /// asked again every second.
    func enter(_ mayStart: () -> Bool) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while let limit, inside >= limit {
            guard mayStart() else { return false }
            _ = condition.wait(until: Date(timeIntervalSinceNow: 1))
        }
        inside += 1
        return true
    }

    func leave() {
        condition.lock()
        inside -= 1
        condition.broadcast()
        condition.unlock()
    }
}
