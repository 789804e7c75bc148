import Basics
import Ledger
import Schema

/// What the ledger has of shards, as something that is equal as long as it is the same: what is
/// read of a shard afterwards holds until one of them is another.
struct ShardBases {
    private let snapshot: RecordSnapshot?
    /// The records of operations that have begun and have no outcome, by shard.
    private let begun: [ShardID: [Digest]]

    /// Costs a read for each operation of the environment that has begun.
    init(_ snapshot: RecordSnapshot?) throws(LedgerError) {
        self.snapshot = snapshot
        var begun: [ShardID: [Digest]] = [:]
        for name in try snapshot?.list(RecordPath.pendingFolder) ?? [] {
            let path = RecordPath.pendingFolder.appending(name)
            guard let key = RecordPath.operationKey(named: name),
                let bytes = try snapshot?.read(path)
            else { continue }
            begun[key.shardID, default: []].append(Digest(of: bytes))
        }
        self.begun = begun
    }

    /// The record of a shard; nil where there is none.
    func record(of shard: ShardID) throws(LedgerError) -> String? {
        try snapshot?.identity(of: RecordPath.shard(shard))?.hex
    }

    /// The operations that have begun on a shard and have no outcome.
    func pending(on shard: ShardID) -> [Digest] { begun[shard] ?? [] }

    /// The shards on which operations have begun that have no outcome.
    var shardsAtWork: Set<ShardID> { Set(begun.keys) }

    /// Whether what was read of a shard, when the ledger had this of it, still counts.
    ///
    /// An operation that began since does not matter: it is known to be at work. One that ended
    /// since does, as it may have changed the shard.
    func agree(
        with record: String?, _ pending: [Digest]?, of shard: ShardID
    ) throws(LedgerError) -> Bool {
        try self.record(of: shard) == record
            && Set(pending ?? []).isSubset(of: self.pending(on: shard))
    }
}
