import Diff
import Execution
import Schema

/// What a worker may do to one shard while it holds the shard's lock.
///
/// Only `ShardSession` implements it against a server; the simulation in the tests brings a
/// fleet in memory. A plan, a drift report and every other dry run hold no value of this type.
package protocol ShardPort {
    /// The digest of the live table, or nil when it is proven absent.
    ///
    /// `chain` has the digests through which an operation goes: an object that stands for one of
    /// them, because git leaves its definer to the server, is read as that one.
    func digest(of table: String, among chain: [Digest?]) throws(ShardFailure) -> Digest?

    /// The digest of the live table that still has an old name; nil when no table has it, be it
    /// that a view stands in its place.
    func digest(ofFormer table: String) throws(ShardFailure) -> Digest?

    /// Asks the rows one question; throws where they gave no answer.
    func ask(_ question: DataQuestion) throws(ShardFailure) -> RowsAnswer

    /// Runs one statement of a step.
    func run(_ statement: PlanStatement) throws(ShardFailure)
}

/// What the rows of a table said about one question.
package enum RowsAnswer: Hashable, Sendable {
    /// No row stands in the way.
    case clear
    /// At least one does.
    case inTheWay
    /// Nobody knows, and trying again helps nothing: the reason.
    case notKnown(String)
}

/// What is live under the names of one operation.
package enum LiveFinding: Hashable, Sendable {
    /// One table, or none, under whichever name the operation knows.
    case digest(Digest?)
    /// A table under the old name and one under the new: neither is known to be the right one.
    case both(old: String, new: String)
}

extension ShardPort {
    /// Reads what a step is about: a table that it renames has its old name before the first
    /// statement and its new one after it.
    func find(_ step: PlanStep) throws(ShardFailure) -> LiveFinding {
        guard let members = step.members else { return try findOne(step) }
        var tables: [String: Digest?] = [:]
        for member in members {
            var found = try digest(of: member.table, among: [])
            if let old = member.renamedFrom, let former = try digest(ofFormer: old) {
                guard found == nil else { return .both(old: old, new: member.table) }
                found = former
            }
            tables[member.table] = .some(found)
        }
        return .digest(PlanStep.digest(of: tables))
    }

    private func findOne(_ step: PlanStep) throws(ShardFailure) -> LiveFinding {
        let new = try digest(of: step.table, among: step.digests)
        guard let name = step.renamedFrom else { return .digest(new) }
        guard let old = try digest(ofFormer: name) else { return .digest(new) }
        return new == nil ? .digest(old) : .both(old: name, new: step.table)
    }
}

extension LiveFinding {
    /// Why an operation is superseded that finds two tables.
    static func obstruction(old: String, new: String) -> String {
        "both `\(old)` and `\(new)` are live: the rename would have to choose"
    }
}

/// Why a shard could not be read or changed.
package struct ShardFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    package let retry: RetryClass
    /// The connection is gone: the lock must be taken again before anything else is done.
    package let lostConnection: Bool
    /// The shard's lock is held by somebody else.
    package let isLocked: Bool
    /// A part of a step has run, and the rest is left to the next run.
    package let isHalf: Bool
    /// `error 1118`, where this very table is not changed by the algorithm that the statement asks
    /// for, whatever a copy of it was; nil otherwise.
    package var refusedAlgorithm: String?

    package init(
        _ message: String, retry: RetryClass, lostConnection: Bool = false, isLocked: Bool = false,
        isHalf: Bool = false
    ) {
        self.message = message
        self.retry = retry
        self.lostConnection = lostConnection
        self.isLocked = isLocked
        self.isHalf = isHalf
    }

    package var description: String { message }
}

/// Opens a shard for change: connects and takes its lock.
package protocol ShardOpener: Sendable {
    /// Calls `body` with the shard's lock held on the connection that `body` works with.
    func withShard<Result>(
        _ shard: ShardID, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result
}

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
