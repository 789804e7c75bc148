import Schema

/// How one operation ended.
package struct OperationOutcome: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The table has its planned digest; `ran` says whether this plan's statement did it.
        case completed(ran: Bool)
        case superseded(found: Digest?)
        case failed
        /// Found after a crash: the first statements ran, the table has that digest now, and the
        /// rest is planned again.
        case partly(found: Digest?)
        /// Found after a crash: nothing ran. The operation may start again.
        case notRun
        /// Found after a crash: its shard left the fleet.
        case discarded
    }
    package var kind: Kind
    package var message: String?
    package var attempts: Int
    /// Whether a statement ran before it failed or was superseded.
    package var ranStatement = false
    /// How far statements that ran before that brought the table; nil where none is known to have.
    package var progress: Progress?
    /// The statement that the table itself refused, where another algorithm may do it.
    package var refused: RefusalRecord.Refused?

    /// The part of an operation that was done.
    package struct Progress: Hashable, Sendable {
        /// Statements that ran, out of how many.
        package let count: Int
        package let total: Int
        /// What the table then had; nil where it was absent.
        package let digest: Digest?

        package init(count: Int, total: Int, digest: Digest?) {
            self.count = count
            self.total = total
            self.digest = digest
        }
    }

    /// Whether what the operation was allowed to do happened, in whole or in part.
    package var changedTheShard: Bool {
        switch kind {
        case .completed(ran: true), .partly: true
        case .superseded, .failed: ranStatement
        case .completed(ran: false), .notRun, .discarded: false
        }
    }

    package init(kind: Kind, message: String? = nil, attempts: Int) {
        self.kind = kind
        self.message = message
        self.attempts = attempts
    }

    package var state: OperationState {
        switch kind {
        case .completed: .completed
        case .superseded, .partly, .discarded: .superseded
        case .failed: .failed
        case .notRun: .pending
        }
    }

    /// The event of the audit trail.
    package var event: String {
        switch kind {
        case .completed(ran: true): "operation-completed"
        case .completed(ran: false): "operation-already-done"
        case .superseded: "operation-superseded"
        case .partly: "operation-partly-done"
        case .failed: "operation-failed"
        case .notRun: "operation-not-run"
        case .discarded: "operation-discarded"
        }
    }
}
