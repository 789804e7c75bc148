import Ledger
import Model
import Schema

/// Shards that are set aside: the ledger has something of them that cannot be read, or that reading
/// the shard does not settle, so that it is not known what may be done there. The others go on.
package struct SetAside: Sendable, Hashable {
    /// Why, as a sentence for people.
    package private(set) var reasons: [ShardID: String] = [:]
    /// The operations that may have begun and that reading their shards does not settle.
    package private(set) var astray: Set<OperationKey> = []

    /// What a snapshot has of shards that nobody can settle.
    ///
    /// - Parameters:
    ///   - records: the records of shards that are damaged.
    ///   - whereabouts: where the shards are; asked only where an operation has no outcome.
    package init(
        _ snapshot: RecordSnapshot?, records: [ShardID: LedgerError] = [:],
        whereabouts: () -> Whereabouts
    ) throws(LedgerError) {
        let pending = try snapshot?.pendingList() ?? PendingList()
        for (key, error) in pending.damaged.sorted(by: { $0.key < $1.key }) {
            add(key.shardID, "what became of a statement on \(key) is not known", error)
        }
        for (shard, error) in records { add(shard, "its record cannot be read", error) }
        for (key, damage) in try snapshot?.refusalList().damaged ?? [:] {
            add(key.shardID, "what \(key) refused cannot be read", damage.error)
        }
        guard !pending.records.isEmpty else { return }
        let places = whereabouts()
        for record in pending.records.sorted(by: { $0.key < $1.key }) {
            guard let obstacle = places.obstacle(to: record) else { continue }
            astray.insert(record.key)
            if reasons[record.key.shardID] == nil {
                reasons[record.key.shardID] = Self.reason(record.key, obstacle)
            }
        }
    }

    /// That an operation which may have begun is not settled by reading its shard.
    static func reason(_ key: OperationKey, _ obstacle: String) -> String {
        "what became of a statement on \(key) is not known: \(obstacle); put the shard back where "
            + "it was, or look at it there and then `plumb unlock \(key.shardID) --reason …`"
    }

    private mutating func add(_ shard: ShardID, _ what: String, _ error: LedgerError) {
        guard reasons[shard] == nil else { return }
        reasons[shard] =
            "\(what) (\(error.fault)): \(error.remedy.map { "\($0), or " } ?? "")look at "
            + "the shard and then `plumb unlock \(shard) --reason …`"
    }
}
