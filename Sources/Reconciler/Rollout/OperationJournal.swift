import Basics
import Ledger
import Model
import Schema

/// The durable record of operations.
package protocol OperationJournal: Sendable {
    /// Why an operation that the gate let pass may no longer start; nil where it may.
    func refusal(of record: PendingRecord) throws(JournalFailure) -> String?

    /// The canonical text of a definition; nil where it has none that can be read.
    @Sendable func definition(_ digest: Digest) -> String?

    /// Makes the pending record durable; called before the first statement.
    ///
    /// - Returns: why it may not begin, in which case nothing is recorded; nil once it is recorded.
    func begin(_ record: PendingRecord) throws(JournalFailure) -> StartRefusal?

    /// Why an operation that began, and of which no statement ran, may not go on: asked before each
    /// further attempt, since people may have decided otherwise during the pause.
    func hold(of record: PendingRecord) throws(JournalFailure) -> StartRefusal?

    /// Makes sure that what is done next can still be recorded: nobody knows that after the process
    /// stood still. Asked before each statement; costs nothing where it is sure.
    func confirm(_ record: PendingRecord) throws(JournalFailure)

    /// Makes durable how far the engine of an operation is.
    ///
    /// - Parameter state: where the operation is.
    /// - Returns: why nothing of its rollout may go on; the state is recorded all the same, unless
    ///   the operation was to begin its cutover.
    func advance(
        _ record: PendingRecord, to state: OperationState, message: String?
    ) throws(JournalFailure) -> StartRefusal?

    /// Records that an operation is ready and waits for its cutover.
    ///
    /// - Returns: why nothing of its rollout may go on, in which case nothing is recorded.
    func park(_ record: PendingRecord, attempts: Int) throws(JournalFailure) -> StartRefusal?

    /// Records that an operation failed for a reason that may pass, and is tried again later. A
    /// pending record stays only where an engine needs it.
    func postpone(_ record: PendingRecord, _ retry: OperationRetry) throws(JournalFailure)

    /// Records the outcome, uses up the approval and removes the pending record in one step;
    /// calling it twice records it once.
    ///
    /// - Returns: how the operation has ended meanwhile, where that is something else: then nothing
    ///   of the outcome is recorded.
    @discardableResult
    func finish(
        _ record: PendingRecord, _ outcome: OperationOutcome
    ) throws(JournalFailure) -> StartRefusal?
}

/// Why an operation does not begin, as somebody asked for while the rollout ran.
package enum StartRefusal: Hashable, Sendable {
    /// Nothing of its rollout begins any more.
    case rollout(RolloutMark.Standstill)
    /// Nothing begins on its shard any more.
    case shard(reason: String)
    /// It has ended meanwhile, without a statement.
    case operation(OperationState, reason: String)

    /// As a sentence for people.
    package var words: String {
        switch self {
        case .rollout(let standstill): standstill.words
        case .shard(let reason), .operation(_, let reason): reason
        }
    }
}

/// When and why an operation is tried again.
package struct OperationRetry: Hashable, Sendable {
    /// How many attempts failed.
    package let attempts: Int
    /// When the first of them failed.
    package let since: Timestamp
    /// When the next one begins.
    package let next: Timestamp
    /// Why the last one failed.
    package let message: String
}

/// The ledger could not be written; no shard may be changed until it can.
package struct JournalFailure: Error, Sendable, CustomStringConvertible {
    /// What failed in the ledger.
    package let message: String
    /// Another process holds the ledger.
    package let isLocked: Bool
    /// The claim under which it was to be recorded is another process's by now.
    package let isOfClaim: Bool

    package init(_ message: String, isLocked: Bool = false, isOfClaim: Bool = false) {
        self.message = message
        self.isLocked = isLocked
        self.isOfClaim = isOfClaim
    }

    package init(_ error: LedgerError) {
        self.init(
            "\(error)", isLocked: error.code == .locked, isOfClaim: error.code == .leaseLost)
    }

    package var description: String { message }
}
