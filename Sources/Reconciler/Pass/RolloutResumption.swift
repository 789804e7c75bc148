import Basics
import Diff
import Model
import Schema

/// Whether an unfinished rollout can go on with what is ready now.
struct RolloutResumption {
    let record: RolloutRecord
    let operations: [OperationRecord]

    /// True where everything that is ready is an operation of the rollout that has not ended and
    /// still goes from the same digest to the same digest, and the rollout has nothing else left.
    func adopts(_ ready: [Gate.Ready]) -> Bool {
        guard operations.count == record.operationKeys.count else { return false }
        let open = operations.filter { !$0.state.isTerminal }
        guard !ready.isEmpty, open.count == ready.count else { return false }
        let byKey = Dictionary(open.map { ($0.key, $0) }) { first, _ in first }
        return ready.allSatisfy { item in
            guard let operation = byKey[item.key] else { return false }
            return operation.from == item.step.from && operation.to == item.step.to
        }
    }
}
