import Ledger
import Model
import Schema

extension RolloutLedger {
    /// Records of which operations reading their shards does not tell what became of them, and why:
    /// who asks the ledger alone cannot know where discovered shards are. One transition for each
    /// shard of which something is new.
    func noteAstray(
        _ pending: [PendingRecord], _ whereabouts: Whereabouts
    ) throws(LedgerError) {
        var news: [ShardID: [OperationKey: String?]] = [:]
        for record in pending {
            let obstacle = whereabouts.obstacle(to: record)
            if obstacle != record.astray {
                news[record.key.shardID, default: [:]][record.key] = obstacle
            }
        }
        for (shard, found) in news.sorted(by: { $0.key < $1.key }) {
            let reason = found.sorted { $0.key < $1.key }.compactMap(\.value).first
            let event = LedgerEvent(
                reason == nil ? "shard-returned" : "shard-set-aside",
                subject: reason == nil ? "Settle \(shard) again" : "Set \(shard) aside",
                key: "\(shard)", reason: reason)
            try pass.store.transact(event) { draft throws(LedgerError) in
                for (key, obstacle) in found {
                    guard var reference = try draft.pendingReference(key) else { continue }
                    reference.astray = obstacle
                    try draft.set(RecordPath.pending(key), json: reference)
                }
                return .commit
            }
        }
    }
}
