import Diff
import Model

/// Whether an unfinished rollout can continue with the operations that are ready now.
struct RolloutResumption {
    let record: RolloutRecord
    let operations: [OperationRecord]

    /// True where the ready operations are exactly those of the rollout that have not ended, each
    /// with the same two digests.
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
