import Model

/// The durable record of operations.
package protocol OperationJournal: Sendable {
    /// Why an operation that the gate let pass may no longer start; nil where it may.
    func refusal(of record: PendingRecord) throws(JournalFailure) -> String?

    /// Makes the pending record durable; called before the first statement.
    ///
    /// - Returns: why nothing of its rollout may begin any more, in which case nothing is recorded;
    ///   nil once it is recorded.
    func begin(_ record: PendingRecord) throws(JournalFailure) -> String?

    /// Records the outcome, uses up the approval and removes the pending record in one step;
    /// calling it twice records it once.
    func finish(_ record: PendingRecord, _ outcome: OperationOutcome) throws(JournalFailure)
}

/// The ledger could not be written; no shard may be changed until it can.
package struct JournalFailure: Error, Sendable, CustomStringConvertible {
    /// What failed in the ledger.
    package let message: String
    /// Another process holds the ledger.
    package let isLocked: Bool

    package init(_ message: String, isLocked: Bool = false) {
        self.message = message
        self.isLocked = isLocked
    }

    package var description: String { message }
}
