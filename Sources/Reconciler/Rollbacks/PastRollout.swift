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

    init(
        record: RolloutRecord, operations: [OperationKey: OperationRecord], steps: [PlanStep]
    ) {
        self.record = record
        self.operations = operations
        self.steps = steps
    }

    /// Throws where the plan of the rollout is not in the ledger any more.
    init(_ record: RolloutRecord, in snapshot: RecordSnapshot) throws(LedgerError) {
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
    }

    /// Whether anything of it has begun or was done.
    var changedSomething: Bool { operations.values.contains(where: Self.didSomething) }

    /// Whether an operation has begun or was done.
    static func didSomething(_ operation: OperationRecord) -> Bool {
        operation.startedAt != nil || operation.state == .completed || operation.state.isActive
    }

    /// The objects of each shard that it changed or still may change, under all of their names.
    func touched() -> [ShardID: Set<ObjectName>] {
        var touched: [ShardID: Set<ObjectName>] = [:]
        for step in steps {
            for shard in step.shardIDs {
                let key = OperationKey(shard: shard, object: step.object)
                guard let operation = operations[key],
                    Self.didSomething(operation) || !operation.state.isTerminal
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
