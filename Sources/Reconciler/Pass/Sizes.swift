import Diff
import Model
import MySQLClient
import Observed
import Schema

/// Adds the estimated sizes of the tables that a plan changes.
enum Sizes {
    /// `plan` with sizes, and what is to be said of those that nobody knows.
    ///
    /// A step of which one shard's server did not answer has none: the largest table may be there.
    static func added(
        to plan: Plan, targets: [ObservationTarget], far: FarShards = FarShards(),
        access: any FleetAccess
    ) -> (plan: Plan, notices: [Notice]) {
        let byID = Dictionary(uniqueKeysWithValues: targets.map { ($0.id, $0) })
        var unasked: Set<ServerAddress> = []
        var wanted: [ObservationTarget: Set<String>] = [:]
        // Nothing has run yet, so a table to be renamed still has its old name.
        func names(_ step: PlanStep) -> [String] {
            step.tables.filter { $0.from != nil }.map { $0.renamedFrom ?? $0.object }
                .filter { $0.kind == .table }.map(\.name)
        }
        for step in plan.steps {
            let tables = names(step)
            for shard in step.shardIDs where !tables.isEmpty {
                guard let target = byID[shard] else { continue }
                guard far.readers[target.server] == nil else {
                    unasked.insert(target.server)
                    continue
                }
                wanted[target, default: []].formUnion(tables)
            }
        }
        guard !wanted.isEmpty || !unasked.isEmpty else { return (plan, []) }
        let sizes = wanted.isEmpty ? TableSizes.Answers() : access.sizes(of: wanted)
        var plan = plan
        for index in plan.steps.indices {
            let step = plan.steps[index]
            let tables = names(step)
            // Where every server answered, as nearly always, no shard is looked at for this.
            let isKnown =
                sizes.failures.isEmpty && unasked.isEmpty
                || step.shardIDs.allSatisfy { shard in
                    byID[shard].map {
                        sizes.failures[$0.server] == nil && !unasked.contains($0.server)
                    } ?? true
                }
            guard isKnown || tables.isEmpty else { continue }
            let largest = step.shardIDs.flatMap { shard -> [TableSize] in
                tables.compactMap {
                    sizes.estimates[OperationKey(shard: shard, object: ObjectName(.table, $0))]
                }.map {
                    TableSize(rows: $0.rows, bytes: $0.bytes, shard: shard.shard)
                }
            }.max { ($0.bytes, $0.rows, $1.shard) < ($1.bytes, $1.rows, $0.shard) }
            plan.steps[index].size = largest
        }
        return (plan, notices(sizes.failures) + notices(unasked, far))
    }

    private static func notices(_ unasked: Set<ServerAddress>, _ far: FarShards) -> [Notice] {
        guard let first = unasked.min(), let reason = far.obstacle(on: first) else { return [] }
        return [
            Notice(
                code: "size-unknown",
                message: "how large the tables of \(Count.of(unasked.count, "server")) are is not "
                    + "known: \(reason)")
        ]
    }

    private static func notices(_ failures: [ServerAddress: MySQLError]) -> [Notice] {
        guard let first = failures.min(by: { $0.key < $1.key }) else { return [] }
        return [
            Notice(
                code: "size-unknown",
                message: "how large the tables of \(Count.of(failures.count, "server")) are is not "
                    + "known: \(first.key): \(first.value.message)")
        ]
    }
}
