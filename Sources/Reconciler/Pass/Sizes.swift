import Diff
import Observed
import Schema

/// The estimated sizes of the tables that a plan changes.
enum Sizes {
    static func added(to plan: Plan, targets: [ObservationTarget], engine: Engine) -> Plan {
        let byID = Dictionary(uniqueKeysWithValues: targets.map { ($0.id, $0) })
        var wanted: [ObservationTarget: Set<String>] = [:]
        // Nothing has run yet: a table that is to be renamed has its old name.
        func name(_ step: PlanStep) -> ObjectName {
            ObjectName(encoded: step.renamedFrom ?? step.table)
        }
        for step in plan.steps where step.kind != .create && name(step).kind == .table {
            for shard in step.shardIDs {
                guard let target = byID[shard] else { continue }
                wanted[target, default: []].insert(name(step).name)
            }
        }
        guard !wanted.isEmpty else { return plan }
        let sizes = TableSizes.read(
            wanted, pool: engine.pool, totalConcurrency: engine.concurrency.total)
        var plan = plan
        for index in plan.steps.indices {
            let step = plan.steps[index]
            guard name(step).kind == .table else { continue }
            let largest = step.shardIDs.compactMap { shard -> TableSize? in
                guard let size = sizes[OperationKey(shard: shard, table: name(step).name)] else {
                    return nil
                }
                return TableSize(rows: size.rows, bytes: size.bytes, shard: shard.shard)
            }.max { ($0.bytes, $0.rows, $1.shard) < ($1.bytes, $1.rows, $0.shard) }
            plan.steps[index].size = largest
        }
        return plan
    }
}
