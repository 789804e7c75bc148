import Diff
import Ledger
import Model
import Observed
import Schema

extension NormaliseStage.Output {
    /// Makes the schemas of shards of which a rollout was taken back what they were before it;
    /// the others keep theirs.
    ///
    /// Each schema is made once for all shards with the same live tables, so it costs what the
    /// rollbacks name, and nothing without one.
    ///
    /// - Parameters:
    ///   - recorded: what is recorded of each shard.
    ///   - hasLeft: whether a shard is known to be none of the fleet's any more.
    ///   - operations: what other open rollouts have goes on, and what is under way is waited for.
    ///   - load: the definition of a digest, which is then in `catalog`.
    package mutating func takeBack(
        _ standing: inout RollbackStanding, observation: [ShardID: ShardObservation],
        recorded: [ShardID: ShardRecord], in catalog: ObjectCatalog, hasLeft: (ShardID) -> Bool,
        operations: OpenOperations,
        load: (Digest, ServerProfile.Flavour) throws(LedgerError) -> CatalogTable?
    ) throws(LedgerError) {
        let joining = RollbackJoining(
            schemas: schemas, assignment: assignment, observation: observation)
        for record in standing.records {
            let joined = try joining.objects(
                of: record, isTaken: operations.contains
            ) { digest, flavour throws(LedgerError) in
                try Self.load(digest, of: record, flavour, load)
            }
            if !joined.isEmpty { standing.joined[record.id] = joined }
        }
        let records = standing.present
        var groups: [ShardID: [GroupPlace]] = [:]
        for (place, record) in records.enumerated() {
            for (number, group) in record.groups.enumerated() {
                for shard in group.shards {
                    let id = group.id(of: shard)
                    groups[id, default: []].append(GroupPlace(record: place, group: number))
                    if hasLeft(id) {
                        let objects = group.objects.map(\.object)
                        standing.over[record.id, default: [:]][id, default: []]
                            .formUnion(objects)
                    }
                }
            }
        }
        var known: [Key: Answer] = [:]
        var loaded: Set<GroupPlace> = []
        for (shard, own) in groups.sorted(by: { $0.key < $1.key }) {
            guard case .known(let found) = observation[shard], let place = assignment[shard] else {
                continue
            }
            let names = own.reduce(into: Set<ObjectName>()) { names, group in
                for object in group.group(in: records).objects {
                    names.formUnion([object.object, object.former])
                }
            }
            let there = try Self.shard(
                shard, found.schema.tables, recorded[shard], names, operations)
            let key = Key(
                schema: place, live: found.schema.digest, groups: own, recorded: there.recorded,
                atWork: there.atWork)
            if known[key] == nil {
                for group in own where loaded.insert(group).inserted {
                    try Self.load(
                        group.group(in: records), of: records[group.record],
                        found.profile.flavour, load)
                }
                var made = answer(
                    own, records, schemas[place], there, catalog)
                made.place = add(made.schema, like: place)
                known[key] = made
            }
            guard let answer = known[key] else { continue }
            if let place = answer.place { assignment[shard] = place }
            for (id, objects) in answer.held {
                standing.held[id, default: [:]][shard, default: []].formUnion(objects)
            }
            for (id, objects) in answer.over {
                standing.over[id, default: [:]][shard, default: []].formUnion(objects)
            }
            for (id, objects) in answer.reverted {
                standing.reverted[id, default: [:]][shard, default: []].formUnion(objects)
            }
        }
    }

    private struct GroupPlace: Hashable {
        let record: Int
        let group: Int

        func group(in records: [RollbackRecord]) -> RollbackRecord.Group {
            records[record].groups[group]
        }
    }

    private struct Key: Hashable {
        let schema: Int
        let live: Digest
        let groups: [GroupPlace]
        let recorded: Set<String>
        let atWork: Set<String>
    }

    private struct Answer {
        /// Nil where nothing is held.
        var schema: Comparison.Schema?
        /// Where it is among the schemas.
        var place: Int?
        var held: [String: Set<ObjectName>] = [:]
        var over: [String: Set<ObjectName>] = [:]
        /// What git has gone back from since it was recorded last.
        var reverted: [String: Set<ObjectName>] = [:]
    }

    /// What there is of `names` on a shard.
    private static func shard(
        _ id: ShardID, _ live: [String: Digest], _ record: ShardRecord?, _ names: Set<ObjectName>,
        _ operations: OpenOperations
    ) throws(LedgerError) -> RollbackShard {
        var shard = RollbackShard(live: live)
        for name in names {
            if record?.tables[name.encoded] != nil { shard.recorded.insert(name.encoded) }
            if try operations.isAtWork(id, name) { shard.atWork.insert(name.encoded) }
        }
        return shard
    }

    private func answer(
        _ groups: [GroupPlace], _ records: [RollbackRecord], _ schema: Comparison.Schema,
        _ shard: RollbackShard, _ catalog: ObjectCatalog
    ) -> Answer {
        var back = RollbackSchema(schema: schema, shard: shard) { catalog[$0] }
        var answer = Answer()
        for place in groups {
            let record = records[place.record]
            for object in place.group(in: records).objects {
                switch back.take(object, of: record) {
                case .holds: answer.held[record.id, default: []].insert(object.object)
                case .agrees:
                    answer.held[record.id, default: []].insert(object.object)
                    if !object.isReverted {
                        answer.reverted[record.id, default: []].insert(object.object)
                    }
                case .over: answer.over[record.id, default: []].insert(object.object)
                }
            }
        }
        if !answer.held.isEmpty { answer.schema = back.schema }
        return answer
    }

    private mutating func add(_ schema: Comparison.Schema?, like place: Int) -> Int? {
        guard let schema else { return nil }
        schemas.append(schema)
        // Schemas that were made without files have no place among them.
        guard sources.indices.contains(place) else { return schemas.count - 1 }
        sources.append(sources[place])
        stored.append(stored[place])
        return schemas.count - 1
    }

    /// Without the definitions nobody can say whether a rollback still holds.
    private static func load(
        _ group: RollbackRecord.Group, of record: RollbackRecord,
        _ flavour: ServerProfile.Flavour,
        _ load: (Digest, ServerProfile.Flavour) throws(LedgerError) -> CatalogTable?
    ) throws(LedgerError) {
        for object in group.objects {
            for digest in [object.unwanted, object.wanted].compactMap(\.self) {
                _ = try Self.load(digest, of: record, flavour, load)
            }
        }
    }

    private static func load(
        _ digest: Digest, of record: RollbackRecord, _ flavour: ServerProfile.Flavour,
        _ load: (Digest, ServerProfile.Flavour) throws(LedgerError) -> CatalogTable?
    ) throws(LedgerError) -> CatalogTable {
        if let found = try load(digest, flavour) { return found }
        throw LedgerError(
            .damaged,
            "\(RecordPath.catalog(digest)): a definition that rollback \(record.id) needs is missing",
            remedy: "restore the branch from before, or have git's state again with "
                + "`plumb rollback --end \(record.id) --reason …`")
    }
}
