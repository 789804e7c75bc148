import Model

/// The durable record of operations.
package protocol OperationJournal: Sendable {
    /// Why an operation that the gate let pass may no longer start; nil where it may.
    func refusal(of record: PendingRecord) throws(JournalFailure) -> String?

    /// Makes the pending record durable; called before the first statement.
    ///
    /// - Returns: why it may not begin, in which case nothing is recorded; nil once it is recorded.
    func begin(_ record: PendingRecord) throws(JournalFailure) -> StartRefusal?

    /// Records the outcome, uses up the approval and removes the pending record in one step;
    /// calling it twice records it once.
    func finish(_ record: PendingRecord, _ outcome: OperationOutcome) throws(JournalFailure)
}

/// Why an operation does not begin, as somebody asked for while the rollout ran.
package enum StartRefusal: Hashable, Sendable {
    /// Nothing of its rollout begins any more.
    case rollout(RolloutMark.Standstill)
    /// Nothing begins on its shard any more.
    case shard(reason: String)
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
