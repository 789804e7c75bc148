import Execution
import Ledger
import Model
import Schema

/// The rollouts of an environment in the order in which they began. Reads the record of each, as
/// only a person asks for it.
struct PastRollouts {
    private let snapshot: RecordSnapshot
    /// The older ones first.
    let records: [RolloutRecord]
    /// The recorded tables of shards that were asked for.
    private let shards = Lock<[ShardID: [String: Digest]]>([:])

    init(_ snapshot: RecordSnapshot) throws(LedgerError) {
        self.snapshot = snapshot
        var records: [RolloutRecord] = []
        for id in try snapshot.rolloutIDs() {
            if let record = try snapshot.rollout(id) { records.append(record) }
        }
        self.records = records.sorted {
            ($0.number ?? 0, $0.startedAt, $0.id) < ($1.number ?? 0, $1.startedAt, $1.id)
        }
    }

    func rollout(_ record: RolloutRecord) throws(LedgerError) -> PastRollout {
        try PastRollout(record, in: snapshot) { shard, object throws(LedgerError) in
            try recorded(object, on: shard)
        }
    }

    /// The digest that is recorded of an object of a shard now; nil where it is absent.
    func recorded(_ object: ObjectName, on shard: ShardID) throws(LedgerError) -> Digest? {
        if let known = shards.withLock({ $0[shard] }) { return known[object.encoded] }
        let tables = try snapshot.shard(shard)?.tables ?? [:]
        shards.withLock { $0[shard] = tables }
        return tables[object.encoded]
    }

    /// The latest one that changed something; nil for none.
    func latestWithEffect() throws(LedgerError) -> PastRollout? {
        for record in records.reversed() {
            let past = try rollout(record)
            if past.changedSomething { return past }
        }
        return nil
    }

    /// Those that began after `record` and have operations on shards of its.
    func later(than record: RolloutRecord) throws(LedgerError) -> [PastRollout] {
        let shards = Set(record.operationKeys.map(\.shardID))
        let begin = records.firstIndex { $0.id == record.id } ?? records.endIndex
        var found: [PastRollout] = []
        for other in records.dropFirst(begin + 1)
        where other.operationKeys.contains(where: { shards.contains($0.shardID) }) {
            found.append(try rollout(other))
        }
        return found
    }

    /// Those that began before `record` and have operations of the same keys, the newer ones first.
    func earlier(than record: RolloutRecord) throws(LedgerError) -> [PastRollout] {
        let keys = Set(record.operationKeys)
        let end = records.firstIndex { $0.id == record.id } ?? 0
        var found: [PastRollout] = []
        for other in records.prefix(end).reversed()
        where other.state != .completed && other.operationKeys.contains(where: keys.contains) {
            found.append(try rollout(other))
        }
        return found
    }
}
