import Diff
import Ledger
import Model
import Observed
import Schema

/// Finds the shards to which a change is not rolled out although a rollback does not know them:
/// they joined the fleet after it, or could not be read when the rollout began.
struct RollbackJoining {
    let schemas: [Comparison.Schema]
    /// For each shard the index of its schema.
    let assignment: [ShardID: Int]
    let observation: [ShardID: ShardObservation]

    /// What of a rollback is held on shards that it does not name: where git wants what the rollout
    /// made, and the shard does not have it. One that has it keeps it, as nobody asked to change
    /// anything there.
    ///
    /// Costs a look at each shard of its namespaces, and a comparison for each different state of
    /// those that it does not name.
    ///
    /// - Parameters:
    ///   - isTaken: whether another open rollout has an object of a shard.
    ///   - load: the definition of a digest.
    func objects(
        of record: RollbackRecord,
        isTaken: (ShardID, ObjectName) throws(LedgerError) -> Bool,
        load: (Digest, ServerProfile.Flavour) throws(LedgerError) -> CatalogTable
    ) throws(LedgerError) -> [ShardID: [RollbackRecord.Object]] {
        var named: Set<ShardID> = []
        for group in record.groups { named.formUnion(group.shards.map(group.id)) }
        let namespaces = Set(record.groups.map(\.namespace))
        var known: [Key: [RollbackRecord.Object]] = [:]
        var joined: [ShardID: [RollbackRecord.Object]] = [:]
        for (shard, place) in assignment
        where namespaces.contains(shard.namespace) && !named.contains(shard) {
            guard case .known(let found) = observation[shard] else { continue }
            let key = Key(schema: place, live: found.schema.digest)
            if known[key] == nil {
                known[key] = try objects(
                    of: record, in: shard.namespace, schemas[place], live: found.schema.tables
                ) { digest throws(LedgerError) in try load(digest, found.profile.flavour) }
            }
            for object in known[key] ?? [] where try !isTaken(shard, object.object) {
                joined[shard, default: []].append(object)
            }
        }
        return joined
    }

    private struct Key: Hashable {
        let schema: Int
        let live: Digest
    }

    private func objects(
        of record: RollbackRecord, in namespace: String, _ schema: Comparison.Schema,
        live: [String: Digest], load: (Digest) throws(LedgerError) -> CatalogTable
    ) throws(LedgerError) -> [RollbackRecord.Object] {
        var texts: [Digest: CatalogTable] = [:]
        var found: [ObjectName: RollbackRecord.Object] = [:]
        // Where shards had different definitions before, what most of them had is wanted.
        let groups = record.groups.filter { $0.namespace == namespace }
            .sorted { $0.shards.count > $1.shards.count }
        for object in groups.flatMap(\.objects) where found[object.object] == nil {
            for digest in [object.unwanted, object.wanted].compactMap(\.self)
            where texts[digest] == nil { texts[digest] = try load(digest) }
            let back = RollbackSchema(schema: schema, shard: RollbackShard(live: live)) {
                [texts] in texts[$0]
            }
            if back.joins(object) { found[object.object] = object }
        }
        return found.values.sorted { $0.object < $1.object }
    }
}
