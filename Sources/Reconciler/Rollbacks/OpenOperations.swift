import Ledger
import Model
import Schema

/// The objects of shards that open rollouts still may change; read when it is first asked.
final class OpenOperations {
    private let snapshot: RecordSnapshot?
    private var known: Set<OperationKey>?

    init(of snapshot: RecordSnapshot?) { self.snapshot = snapshot }

    func contains(_ shard: ShardID, _ object: ObjectName) throws(LedgerError) -> Bool {
        if known == nil { known = try read() }
        return known?.contains(OperationKey(shard: shard, object: object)) == true
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
