import Ledger
import Schema

/// Shards that are set aside: the ledger has something of them that cannot be read, so that it is
/// not known what may be done there. The others go on.
package struct SetAside: Sendable, Hashable {
    /// Why, as a sentence for people.
    package private(set) var reasons: [ShardID: String] = [:]

    /// What a snapshot has of shards that cannot be read.
    ///
    /// - Parameter records: the records of shards that are damaged.
    package init(
        _ snapshot: RecordSnapshot?, records: [ShardID: LedgerError] = [:]
    ) throws(LedgerError) {
        for (key, error) in try snapshot?.pendingList().damaged ?? [:] {
            add(key.shardID, "what became of a statement on \(key) is not known", error)
        }
        for (shard, error) in records { add(shard, "its record cannot be read", error) }
    }

    private mutating func add(_ shard: ShardID, _ what: String, _ error: LedgerError) {
        guard reasons[shard] == nil else { return }
        reasons[shard] =
            "\(what) (\(error.fault)): \(error.remedy.map { "\($0), or " } ?? "")look at "
            + "the shard and then `plumb unlock \(shard) --reason …`"
    }
}
