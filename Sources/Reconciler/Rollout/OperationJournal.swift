import Model

/// The durable memory of operations.
package protocol OperationJournal: Sendable {
    /// Why an operation that the gate let pass may not begin now; nil where it may.
    func refusal(of record: PendingRecord) throws(JournalFailure) -> String?

    /// Makes the pending record durable before the first statement.
    func begin(_ record: PendingRecord) throws(JournalFailure)

    /// Records the outcome, uses up the approval and removes the pending record, all at once and
    /// at most once.
    func finish(_ record: PendingRecord, _ outcome: OperationOutcome) throws(JournalFailure)
}

/// The ledger could not be written: nothing more may be changed until it can.
package struct JournalFailure: Error, Sendable, CustomStringConvertible {
    package let message: String
    /// The ledger is held by somebody else.
    package let isLocked: Bool

    package init(_ message: String, isLocked: Bool = false) {
        self.message = message
        self.isLocked = isLocked
    }

    package var description: String { message }
}
