import Diff
import Execution
import Reconciler
import Schema

/// Shards that only remember what became of each table, in the place of those of servers.
///
/// A table that no statement has changed yet is what an operation on it begins with.
package final class MemoryShards: ShardOpener {
    private let tables = Lock<[OperationKey: Digest?]>([:])
    private let helpers: Int

    /// - Parameter helpers: how many sessions may work beside the first one of a shard.
    package init(helpers: Int = 0) {
        self.helpers = helpers
    }

    /// The number of tables that statements have changed.
    package var changedTables: Int { tables.withLock { $0.count } }

    package func withShard<Result>(
        _ shard: ShardID, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result {
        try body(Session(shard: shard, shards: self))
    }

    /// One session, in which an operation reads its table before it changes it.
    private final class Session: ShardPort {
        private let shard: ShardID
        private let shards: MemoryShards
        /// The table that was read last.
        private var current: OperationKey?

        init(shard: ShardID, shards: MemoryShards) {
            self.shard = shard
            self.shards = shards
        }

        var helpers: (any ShardHelpers)? {
            shards.helpers > 0 ? Helpers(shard: shard, shards: shards) : nil
        }

        func digest(
            of object: ObjectName, among chain: [Digest?]
        ) throws(ShardFailure) -> Digest? {
            let key = OperationKey(shard: shard, object: object)
            current = key
            if let known = shards.tables.withLock({ $0[key] }) { return known }
            return chain.first ?? nil
        }

        func digest(ofFormer table: ObjectName) throws(ShardFailure) -> Digest? { nil }

        func ask(_ question: DataQuestion) throws(ShardFailure) -> RowsAnswer { .clear }

        func run(_ statement: PlanStatement) throws(ShardFailure) {
            guard let current else {
                throw ShardFailure("\(shard): no table was read before", retry: .permanent)
            }
            shards.tables.withLock { $0[current] = .some(statement.after) }
        }
    }

    private struct Helpers: ShardHelpers {
        let shard: ShardID
        let shards: MemoryShards
        var limit: Int { shards.helpers }

        func withSession<Result>(
            _ number: Int, _ body: (any ShardPort) throws(ShardFailure) -> Result
        ) throws(ShardFailure) -> Result {
            try body(Session(shard: shard, shards: shards))
        }
    }
}
