import Diff
import Observed
import Schema

/// Adds the estimated sizes of the tables that a plan changes.
enum Sizes {
    static func added(to plan: Plan, targets: [ObservationTarget], context: ReconcileContext)
        -> Plan
    {
        let byID = Dictionary(uniqueKeysWithValues: targets.map { ($0.id, $0) })
        var wanted: [ObservationTarget: Set<String>] = [:]
        // Nothing has run yet, so a table to be renamed still has its old name.
        func names(_ step: PlanStep) -> [String] {
            step.tables.filter { $0.from != nil }
                .map { ObjectName(encoded: $0.renamedFrom ?? $0.table) }
                .filter { $0.kind == .table }.map(\.name)
        }
        for step in plan.steps {
            let tables = names(step)
            for shard in step.shardIDs where !tables.isEmpty {
                guard let target = byID[shard] else { continue }
                wanted[target, default: []].formUnion(tables)
            }
        }
        guard !wanted.isEmpty else { return plan }
        let sizes = TableSizes.read(
            wanted, pool: context.pool, totalConcurrency: context.concurrency.total)
        var plan = plan
        for index in plan.steps.indices {
            let step = plan.steps[index]
            let tables = names(step)
            let largest = step.shardIDs.flatMap { shard -> [TableSize] in
                tables.compactMap { sizes[OperationKey(shard: shard, table: $0)] }.map {
                    TableSize(rows: $0.rows, bytes: $0.bytes, shard: shard.shard)
                }
            }.max { ($0.bytes, $0.rows, $1.shard) < ($1.bytes, $1.rows, $0.shard) }
            plan.steps[index].size = largest
        }
        return plan
    }
}
