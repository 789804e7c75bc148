import Ledger
import Model
import Schema

/// The objects of shards that open rollouts still may change; read when it is first asked.
package final class OpenOperations {
    private let snapshot: RecordSnapshot?
    private var known: Set<OperationKey>?
    /// The objects of operations that began and have no outcome.
    private var begun: [ShardID: Set<ObjectName>]?

    package init(of snapshot: RecordSnapshot?) { self.snapshot = snapshot }

    func contains(_ shard: ShardID, _ object: ObjectName) throws(LedgerError) -> Bool {
        if known == nil { known = try read() }
        return known?.contains(OperationKey(shard: shard, object: object)) == true
    }

    /// Whether an operation began there that has no outcome yet.
    func isAtWork(_ shard: ShardID, _ object: ObjectName) throws(LedgerError) -> Bool {
        if begun == nil { begun = try readBegun() }
        return begun?[shard]?.contains(object) == true
    }

    private func readBegun() throws(LedgerError) -> [ShardID: Set<ObjectName>] {
        var begun: [ShardID: Set<ObjectName>] = [:]
        guard let pending = try snapshot?.pendingList() else { return begun }
        for record in pending.records {
            begun[record.key.shardID, default: []].formUnion(record.step.touchedNames)
        }
        for key in pending.damaged.keys { begun[key.shardID, default: []].insert(key.object) }
        return begun
    }

    private func read() throws(LedgerError) -> Set<OperationKey> {
        var keys: Set<OperationKey> = []
        for rollout in try snapshot?.openRollouts() ?? [] {
            for operation in rollout.operations where !operation.state.isTerminal {
                keys.insert(operation.key)
            }
            keys.formUnion(rollout.damaged.keys)
        }
        return keys
    }
}
