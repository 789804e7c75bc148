import Basics
import Schema

/// How one operation ended.
package struct OperationOutcome: Hashable, Sendable {
    /// The kinds of outcome.
    package enum Kind: Hashable, Sendable {
        /// The table has the planned digest; `ran` tells whether this operation's statement made it
        /// so.
        case completed(ran: Bool)
        case superseded(found: Digest?)
        case failed
        /// Found after a crash: only the first statements ran. The table has this digest now, and
        /// the rest is planned again.
        case partly(found: Digest?)
        /// Found after a crash: nothing ran. The operation may start again.
        case notRun
        /// It was ready, and the cutover that it waited for does not come.
        case cancelled
    }
    package var kind: Kind
    /// Why it ended so; nil where `kind` says it all.
    package var message: String?
    /// How many attempts failed.
    package var attempts: Int
    /// Whether a statement ran before the operation failed or was superseded.
    package var ranStatement = false
    /// How far the statements that ran brought the table; nil where none is known to have run.
    package var progress: Progress?
    /// The statement that the table refused, where another algorithm may succeed.
    package var refused: RefusalRecord.Refused?
    /// When it ended: the one time that the ledger keeps, and the process goes by; nil where
    /// whoever records it says.
    package var endedAt: Timestamp?

    /// The part of an operation that ran.
    package struct Progress: Hashable, Sendable {
        /// The number of statements that ran, and of all.
        package let count: Int
        package let total: Int
        /// The digest of the table after them; nil where it was absent.
        package let digest: Digest?

        package init(count: Int, total: Int, digest: Digest?) {
            self.count = count
            self.total = total
            self.digest = digest
        }
    }

    /// Whether the shard was changed, in whole or in part.
    package var changedTheShard: Bool {
        switch kind {
        case .completed(ran: true), .partly: true
        case .superseded, .failed: ranStatement
        case .completed(ran: false), .notRun, .cancelled: false
        }
    }

    package init(kind: Kind, message: String? = nil, attempts: Int) {
        self.kind = kind
        self.message = message
        self.attempts = attempts
    }

    /// The outcome of an operation that somebody else has ended.
    package init(ended state: OperationState, message: String?) {
        let kind: Kind =
            switch state {
            case .completed: .completed(ran: false)
            case .failed: .failed
            case .cancelled: .cancelled
            case .pending, .leased, .preparing, .running, .waitingForCutover, .cuttingOver,
                .verifying, .failedRetryable, .superseded:
                .superseded(found: nil)
            }
        self.init(kind: kind, message: message, attempts: 0)
    }

    /// The state that the operation's record gets.
    package var state: OperationState {
        switch kind {
        case .completed: .completed
        case .superseded, .partly: .superseded
        case .failed: .failed
        case .notRun: .pending
        case .cancelled: .cancelled
        }
    }

    /// The name of the ledger's event.
    package var event: String {
        switch kind {
        case .completed(ran: true): "operation-completed"
        case .completed(ran: false): "operation-already-done"
        case .superseded: "operation-superseded"
        case .partly: "operation-partly-done"
        case .failed: "operation-failed"
        case .notRun: "operation-not-run"
        case .cancelled: "operation-cancelled"
        }
    }
}
