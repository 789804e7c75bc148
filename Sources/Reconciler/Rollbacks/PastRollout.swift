import Diff
import Ledger
import Model
import Schema

/// A rollout as it is recorded: its operations, and the steps that they carry out.
struct PastRollout {
    let record: RolloutRecord
    /// The operations of which there is a record.
    let operations: [OperationKey: OperationRecord]
    /// The steps of its plan of which it has operations.
    let steps: [PlanStep]
    /// Operations that began, ended, and left their tables as they were.
    let unchanged: Set<OperationKey>

    init(
        record: RolloutRecord, operations: [OperationKey: OperationRecord], steps: [PlanStep],
        unchanged: Set<OperationKey> = []
    ) {
        self.record = record
        self.operations = operations
        self.steps = steps
        self.unchanged = unchanged
    }

    /// Throws where the plan of the rollout is not in the ledger any more.
    ///
    /// - Parameter recorded: what is recorded of an object of a shard now.
    init(
        _ record: RolloutRecord, in snapshot: RecordSnapshot,
        recorded: (ShardID, ObjectName) throws(LedgerError) -> Digest?
    ) throws(LedgerError) {
        self.record = record
        var operations: [OperationKey: OperationRecord] = [:]
        for key in record.operationKeys {
            operations[key] = try snapshot.operation(record.id, key)
        }
        self.operations = operations
        let path = RecordPath.plan(record.plan)
        guard let plan = try snapshot.read(Plan.self, at: path) else {
            throw LedgerError(
                .damaged, "\(path): the plan of rollout \(record.id) is not in the ledger any more",
                remedy: "revert its commit in git")
        }
        do throws(PlanInvalid) { try plan.validate() } catch {
            throw LedgerError(.invalid, "\(path): \(error)")
        }
        let keys = Set(record.operationKeys)
        steps = plan.steps.filter { step in
            step.shardIDs.contains { keys.contains(OperationKey(shard: $0, object: step.object)) }
        }
        var unchanged: Set<OperationKey> = []
        for step in steps {
            for shard in step.shardIDs {
                let key = OperationKey(shard: shard, object: step.object)
                guard let operation = operations[key], operation.state != .completed,
                    operation.state.isTerminal || operation.state == .waitingForCutover
                        || operation.state == .failedRetryable
                else { continue }
                var isAsBefore = true
                for table in step.tables {
                    let name = table.renamedFrom ?? table.object
                    if try recorded(shard, name) != table.from { isAsBefore = false }
                }
                if isAsBefore { unchanged.insert(key) }
            }
        }
        self.unchanged = unchanged
    }

    /// Whether anything of it has begun or was done.
    var changedSomething: Bool { operations.values.contains(where: didSomething) }

    /// Whether an operation was done, in whole or in part, or is under way.
    func didSomething(_ operation: OperationRecord) -> Bool {
        guard !unchanged.contains(operation.key) else { return false }
        return operation.startedAt != nil || operation.state == .completed
            || operation.state.isActive
    }

    /// The objects of each shard that it changed or still may change, under all of their names.
    func touched() -> [ShardID: Set<ObjectName>] {
        var touched: [ShardID: Set<ObjectName>] = [:]
        for step in steps {
            for shard in step.shardIDs {
                let key = OperationKey(shard: shard, object: step.object)
                guard let operation = operations[key],
                    didSomething(operation) || !operation.state.isTerminal
                else { continue }
                touched[shard, default: []].formUnion(step.touchedNames)
            }
        }
        return touched
    }
}

extension PlanStep {
    /// The names of its tables before and after.
    var touchedNames: Set<ObjectName> {
        Set(tables.flatMap { [$0.object, $0.renamedFrom].compactMap(\.self) })
    }
}
