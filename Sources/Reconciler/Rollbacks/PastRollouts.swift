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
    /// Those of which the record cannot be read, each with the reason.
    let unread: [String: LedgerError]
    /// The recorded tables of shards that were asked for.
    private let shards = Lock<[ShardID: [String: Digest]]>([:])

    init(_ snapshot: RecordSnapshot) throws(LedgerError) {
        self.snapshot = snapshot
        var records: [RolloutRecord] = []
        var unread: [String: LedgerError] = [:]
        for id in try snapshot.rolloutIDs() {
            do throws(LedgerError) {
                if let record = try snapshot.rollout(id) { records.append(record) }
            } catch  where error.isOfContent {
                unread[id] = error
            }
        }
        self.unread = unread
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
    ///
    /// One of which a part cannot be read is among `unread` of the result, with what it may have
    /// touched; so is each of which it cannot be read when it began.
    func later(than record: RolloutRecord) throws(LedgerError) -> Later {
        let shards = Set(record.operationKeys.map(\.shardID))
        var found = Later()
        for id in unread.keys.sorted() { found.unread.append((id, try names(of: id))) }
        let begin = records.firstIndex { $0.id == record.id } ?? records.endIndex
        for other in records.dropFirst(begin + 1)
        where other.operationKeys.contains(where: { shards.contains($0.shardID) }) {
            do throws(LedgerError) {
                found.rollouts.append(try rollout(other))
            } catch  where error.isOfContent {
                found.unread.append((other.id, Self.touched(other.operationKeys)))
            }
        }
        return found
    }

    /// Rollouts that began after another one.
    struct Later {
        var rollouts: [PastRollout] = []
        /// Those that cannot be read, with what they may have changed.
        var unread: [(id: String, touched: [ShardID: Set<ObjectName>])] = []

        /// What each changed or may have changed.
        var touched: [(id: String, touched: [ShardID: Set<ObjectName>])] {
            rollouts.map { ($0.record.id, $0.touched()) } + unread
        }
    }

    /// What the operations of a rollout are about, as the names of their records say.
    private func names(of id: String) throws(LedgerError) -> [ShardID: Set<ObjectName>] {
        Self.touched(
            try snapshot.paths(below: RecordPath.operations(id)).compactMap {
                $0.components.last.flatMap(RecordPath.operationKey(named:))
            })
    }

    private static func touched(_ keys: [OperationKey]) -> [ShardID: Set<ObjectName>] {
        keys.reduce(into: [:]) { $0[$1.shardID, default: []].insert($1.object) }
    }

    /// Those that began before `record` and have operations of the same keys, the newer ones first.
    func earlier(than record: RolloutRecord) throws(LedgerError) -> [PastRollout] {
        let keys = Set(record.operationKeys)
        let end = records.firstIndex { $0.id == record.id } ?? 0
        var found: [PastRollout] = []
        for other in records.prefix(end).reversed()
        where other.state != .completed && other.operationKeys.contains(where: keys.contains) {
            do throws(LedgerError) {
                found.append(try rollout(other))
            } catch  where error.isOfContent {
                // What it had begun is not known: what was before this one is what it found.
                break
            }
        }
        return found
    }
}
