import Basics
import Ledger
import Model
import Schema

/// Ends that a shard is set aside, after somebody looked at it: what the ledger has of it and
/// cannot be read, or cannot be settled by reading the shard, is removed. No shard is asked.
package struct Unlock {
    let store: LedgerStore
    private let whereabouts: () -> Whereabouts

    /// - Parameter whereabouts: where the shards are, as far as it is known without asking a
    ///   server.
    package init(
        store: LedgerStore,
        whereabouts: @escaping () -> Whereabouts = { Whereabouts([]) { _ in false } }
    ) {
        self.store = store
        self.whereabouts = whereabouts
    }

    /// What was done.
    package struct Result: Hashable, Sendable {
        /// The objects of which a statement may have run whose outcome nobody recorded.
        package fileprivate(set) var operations: [ObjectName] = []
        /// Whether the record of the shard itself was removed, so that it is recorded anew.
        package fileprivate(set) var forgotRecord = false
    }

    /// What sets a shard aside.
    private struct Found {
        /// Operations that may run, and of which the outcome is not known.
        var pending: [OperationKey] = []
        /// The documents that cannot be read besides.
        var damaged: [LedgerPath] = []
        var open: [OpenRollout] = []
    }

    /// Removes what sets the shard aside; refused where nothing does, and while somebody reconciles
    /// where a statement of theirs may still run.
    package func unlock(_ shard: ShardID, reason: String) throws -> Result {
        try store.ledger.requireMade()
        guard let snapshot = try store.snapshot() else { throw Self.refusal(shard) }
        let list = try snapshot.pendingList()
        var memory = FleetMemory()
        _ = try memory.records(in: snapshot)
        let setAside = try SetAside(snapshot, records: memory.damaged, whereabouts: whereabouts)
        let astray = setAside.astray.filter { $0.shardID == shard }
        var found = Found(open: try snapshot.openRollouts())
        found.pending = list.damaged.keys.filter { $0.shardID == shard } + astray
        let record =
            memory.damaged[shard] == nil ? [] : try snapshot.paths(below: RecordPath.shard(shard))
        let refusals = try snapshot.refusalList().damaged.filter { $0.key.shardID == shard }
        found.damaged = record + refusals.values.map(\.path)
        var result = Result(
            operations: (found.pending + refusals.keys).map(\.object),
            forgotRecord: !record.isEmpty)
        for rollout in found.open {
            result.operations += rollout.damaged.keys.filter { $0.shardID == shard }.map(\.object)
        }
        result.operations = Set(result.operations).sorted()
        guard result != Result() else {
            if list.records.contains(where: { $0.key.shardID == shard }) {
                throw ConfigurationError(
                    "\(shard) is not set aside: what a run left there is settled by the next "
                        + "`plumb reconcile` that can read the shard", kind: .conflict)
            }
            throw Self.refusal(shard)
        }
        guard !astray.isEmpty else {
            try write(shard, found, reason)
            return result
        }
        // It can be read, so a run that goes on may be at it.
        let lease = try store.ledger.lease(
            store.environment, holder: "unlock by \(store.actor.name)")
        defer { withExtendedLifetime(lease) {} }
        try write(shard, found, reason)
        return result
    }

    private static func refusal(_ shard: ShardID) -> ConfigurationError {
        ConfigurationError(
            "\(shard) is not set aside", remedy: "see `plumb status`", kind: .conflict)
    }

    private func write(_ shard: ShardID, _ found: Found, _ reason: String) throws {
        let event = LedgerEvent(
            "shard-unlocked", subject: "Unlock \(shard)", key: "\(shard)", reason: reason)
        let message = "unlocked by \(store.actor.name): whether a statement ran was not recorded"
        let now = store.now
        try store.transact(event) { draft throws(LedgerError) in
            for key in found.pending { try draft.remove(RecordPath.pending(key)) }
            for path in found.damaged { try draft.remove(path) }
            for rollout in found.open {
                let id = rollout.record.id
                let keys = rollout.record.operationKeys.filter {
                    found.pending.contains($0)
                        || rollout.damaged[$0] != nil && $0.shardID == shard
                }
                for key in keys {
                    let known = rollout.operations.first { $0.key == key }
                    guard known?.state.isTerminal != true else { continue }
                    var ended = known ?? OperationRecord(key: key, from: nil, to: nil)
                    ended.state = .superseded
                    ended.message = message
                    ended.endedAt = now.iso
                    ended.engine = nil
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
