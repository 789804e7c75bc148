import Basics
import Diff
import Execution
import Ledger
import Model
import Schema

/// What is recorded of an operation between its start and its end.
extension LedgerJournal {
    /// Writes how far the engine is into the pending record, and where the operation is.
    package func advance(
        _ record: PendingRecord, to state: OperationState, message: String?
    ) throws(JournalFailure) -> StartRefusal? {
        let isCutover = state == .cuttingOver
        let event = LedgerEvent(
            isCutover ? "operation-cutting-over" : "operation-advanced",
            subject: "\(isCutover ? "Cut over" : "Advance") \(record.key)",
            key: "\(record.rollout)/\(record.key)", reason: message)
        return try change(record, event) { operation, draft, stop throws(LedgerError) in
            guard stop == nil || !isCutover else { return .nothing }
            operation.state = state
            operation.message = message
            operation.attempts = 0
            operation.failingSince = nil
            operation.nextAttemptAt = nil
            try draft.setPending(record, PendingDocuments.step(of: record))
            return .commit
        }
    }

    /// Writes that the operation waits for its cutover; the pending record stays where an engine
    /// needs it.
    package func park(
        _ record: PendingRecord, attempts: Int
    ) throws(JournalFailure) -> StartRefusal? {
        let event = LedgerEvent(
            "operation-parked", subject: "Park \(record.key)",
            key: "\(record.rollout)/\(record.key)")
        return try change(record, event) { operation, draft, stop throws(LedgerError) in
            guard stop == nil, operation.state != .waitingForCutover else { return .nothing }
            operation.state = .waitingForCutover
            operation.message = nil
            operation.attempts = attempts
            operation.nextAttemptAt = nil
            if operation.engine != nil {
                try draft.setPending(record, PendingDocuments.step(of: record))
            }
            return .commit
        }
    }

    /// Writes when it is tried again. What an engine made beside the table stays, and so does the
    /// pending record that knows of it.
    package func postpone(
        _ record: PendingRecord, _ retry: OperationRetry
    ) throws(JournalFailure) {
        let event = LedgerEvent(
            "operation-postponed", subject: "Postpone \(record.key) to \(retry.next.iso)",
            key: "\(record.rollout)/\(record.key)", reason: retry.message)
        _ = try change(record, event) { operation, draft, _ throws(LedgerError) in
            guard operation.state != .failedRetryable || operation.attempts != retry.attempts
            else { return .nothing }
            operation.state = .failedRetryable
            operation.message = retry.message
            operation.attempts = retry.attempts
            operation.failingSince = retry.since.iso
            operation.nextAttemptAt = retry.next.iso
            if operation.engine == nil { try draft.remove(RecordPath.pending(record.key)) }
            return .commit
        }
    }

    /// Changes the record of an operation that has not ended, in one commit.
    ///
    /// - Returns: why it does not go on; nil where nothing speaks against it.
    private func change(
        _ record: PendingRecord, _ event: LedgerEvent,
        _ body:
            @escaping (
                inout OperationRecord, inout LedgerDraft, StartRefusal?
            ) throws(LedgerError) -> LedgerDecision
    ) throws(JournalFailure) -> StartRefusal? {
        let stopped = Lock<StartRefusal?>(nil)
        try write(event, of: record) { [self] draft throws(LedgerError) in
            let mark = try draft.rolloutMark(record.rollout)
            if let mark { heard(mark) }
            let stop = try Self.refusal(of: record, mark, at: store.now, in: draft)
            stopped.withLock { $0 = stop }
            let path = RecordPath.operation(record.rollout, record.key)
            guard var operation = try draft.keptOperation(record.rollout, record.key) else {
                throw LedgerError(.invalid, "\(path): no such operation")
            }
            if let over = try Self.end(of: operation, in: draft, record.rollout) {
                stopped.withLock { $0 = over }
                return .nothing
            }
            let decision = try body(&operation, &draft, stop)
            if case .commit = decision { try draft.set(path, json: operation) }
            return decision
        }
        return stopped.withLock { $0 }
    }
}
