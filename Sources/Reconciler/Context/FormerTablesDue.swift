import Basics
import Execution
import Schema

/// When shards are to be looked at for tables that copies have replaced.
final class FormerTablesDue: Sendable {
    private let times = Lock<[ShardID: Timestamp]>([:])

    func isDue(_ shard: ShardID, now: Timestamp) -> Bool {
        times.withLock { $0[shard].map { $0 <= now } ?? true }
    }

    func set(_ shard: ShardID, _ time: Timestamp) {
        times.withLock { $0[shard] = time }
    }
}
