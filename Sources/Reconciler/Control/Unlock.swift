import Basics
import Ledger
import Model
import Schema

/// Ends that a shard is set aside, after somebody looked at it: what the ledger has of it and
/// cannot be read is removed. No shard is asked.
package struct Unlock {
    private let store: LedgerStore

    package init(store: LedgerStore) { self.store = store }

    /// What was done.
    package struct Result: Hashable, Sendable {
        /// The objects of which a statement may have run whose outcome nobody recorded.
        package fileprivate(set) var operations: [ObjectName] = []
        /// Whether the record of the shard itself was removed, so that it is recorded anew.
        package fileprivate(set) var forgotRecord = false
    }

    /// Removes what sets the shard aside; refused where nothing does.
    package func unlock(_ shard: ShardID, reason: String) throws -> Result {
        try store.ledger.requireMade()
        guard let snapshot = try store.snapshot() else { throw Self.refusal(shard) }
        let pending = try snapshot.pendingList()
        let unread = pending.damaged.keys.filter { $0.shardID == shard }
        var memory = FleetMemory()
        _ = try memory.records(in: snapshot)
        let record =
            memory.damaged[shard] == nil ? [] : try snapshot.paths(below: RecordPath.shard(shard))
        let open = try snapshot.openRollouts()
        var result = Result(operations: unread.map(\.object), forgotRecord: !record.isEmpty)
        for rollout in open {
            result.operations += rollout.damaged.keys.filter { $0.shardID == shard }.map(\.object)
        }
        result.operations = Set(result.operations).sorted()
        guard result != Result() else {
            if pending.records.contains(where: { $0.key.shardID == shard }) {
                throw ConfigurationError(
                    "\(shard) is not set aside: what a run left there is settled by the next "
                        + "`plumb reconcile` that can read the shard")
            }
            throw Self.refusal(shard)
        }
        try write(shard, unread, record, open, reason)
        return result
    }

    private static func refusal(_ shard: ShardID) -> ConfigurationError {
        ConfigurationError("\(shard) is not set aside", remedy: "see `plumb status`")
    }

    private func write(
        _ shard: ShardID, _ unread: [OperationKey], _ record: [LedgerPath],
        _ open: [OpenRollout], _ reason: String
    ) throws {
        let event = LedgerEvent(
            "shard-unlocked", subject: "Unlock \(shard)", key: "\(shard)", reason: reason)
        let message = "unlocked by \(store.actor.name): whether a statement ran was not recorded"
        let now = store.now
        try store.transact(event) { draft throws(LedgerError) in
            for key in unread { try draft.remove(RecordPath.pending(key)) }
            for path in record { try draft.remove(path) }
            for rollout in open {
                let id = rollout.record.id
                let keys = rollout.record.operationKeys.filter {
                    unread.contains($0) || rollout.damaged[$0] != nil && $0.shardID == shard
                }
                for key in keys {
                    let known = rollout.operations.first { $0.key == key }
                    guard known?.state.isTerminal != true else { continue }
                    var ended = known ?? OperationRecord(key: key, from: nil, to: nil)
                    ended.state = .superseded
                    ended.message = message
                    ended.endedAt = now.iso
                    try draft.setOperation(ended, of: id)
                    if try draft.pendingReference(key)?.rollout == id {
                        try draft.remove(RecordPath.pending(key))
                    }
                    // A statement may have run: its approval is not used a second time.
                    if let approval = ended.approval {
                        try draft.useApproval(
                            approval, on: key.shard, by: "\(id)/\(key)", at: now)
                    }
                }
            }
            return .commit
        }
    }
}
