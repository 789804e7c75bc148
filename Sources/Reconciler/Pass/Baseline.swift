import Basics
import Diff
import Model
import Schema

/// The shards whose live tables are as git defines them, but not recorded as such yet.
package struct Baseline {
    package private(set) var records: [ShardID: ShardRecord] = [:]
    package private(set) var tableCount = 0
    /// The digests that are recorded anew.
    package private(set) var digests: Set<Digest> = []

    /// - Parameter busy: shards of which others record what they do just now.
    package init(
        planned: PlanningPass.Result, but busy: Set<ShardID> = [], now: Timestamp
    ) {
        let revision = planned.desired.revision.commit
        for variant in planned.comparison.variants {
            let namespace = planned.comparison.schemas[variant.schema].namespace
            let missing = variant.objects.filter {
                $0.status == .inSync && $0.observed != nil && $0.recorded != $0.adopted
            }
            let gone = Set(variant.recorded?.keys.map { $0 } ?? []).subtracting(
                variant.objects.flatMap {
                    [$0.object.encoded, ($0.renamedFrom ?? $0.object).encoded]
                })
            guard !missing.isEmpty || !gone.isEmpty else { continue }
            digests.formUnion(missing.compactMap(\.adopted))
            let adopted = missing.map { (name: $0.object.encoded, digest: $0.adopted) }
            // What is taken back is not as the revision has it.
            let isWhole =
                planned.comparison.schemas[variant.schema].takenBack.isEmpty
                && variant.objects.allSatisfy {
                    $0.status == .inSync || $0.status == .unmanaged
                }
            for shard in variant.shards {
                let id = ShardID(namespace: namespace, shard: shard)
                guard !busy.contains(id) else { continue }
                var record = planned.recorded[id] ?? ShardRecord(since: now.iso)
                for one in adopted { record.tables[one.name] = one.digest }
                // Neither in git nor live: the record of it is removed.
                for table in gone { record.tables[table] = nil }
                if isWhole { record.revision = revision }
                record.since = now.iso
                records[id] = record
                tableCount += missing.count
            }
        }
        // The record must not have one table under two names.
        for id in planned.respelled.subtracting(busy) where records[id] == nil {
            records[id] = planned.recorded[id]
        }
        digests.formUnion(planned.respelled.flatMap { records[$0]?.tables.values.map { $0 } ?? [] })
    }
}

extension Comparison.ObjectState {
    /// The digest to record for a table in sync: of a table the live one; of any other object
    /// git's, which may leave the definer to the server.
    fileprivate var adopted: Digest? {
        object.kind == .table ? observed : desired
    }
}
