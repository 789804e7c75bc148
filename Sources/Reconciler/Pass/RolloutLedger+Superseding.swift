import Ledger
import Model

extension RolloutLedger {
    /// Ends a rollout that the new plan replaces.
    func supersede(
        _ previous: (record: RolloutRecord, operations: [OperationRecord]),
        in draft: inout LedgerDraft
    ) throws(LedgerError) {
        var states: [OperationState?] = []
        for operation in previous.operations {
            var operation = operation
            // An operation that may have run is settled by its pending record alone.
            if operation.state.isActive, try draft.pendingReference(operation.key) != nil {
                states.append(.superseded)
                continue
            }
            if !operation.state.isTerminal {
                operation.state = .superseded
                operation.message = "a newer plan took its place"
                operation.endedAt = pass.store.now.iso
                try draft.setOperation(operation, of: previous.record.id)
            }
            states.append(operation.state)
        }
        var record = previous.record
        record.state = RolloutState.derive(from: states, policy: record.policy) ?? record.state
        record.endedAt = pass.store.now.iso
        try draft.setRollout(record)
        try draft.settleApprovals(Set(previous.operations.compactMap(\.approval)))
    }
}
