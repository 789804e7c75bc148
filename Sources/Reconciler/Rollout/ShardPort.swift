import Basics
import Diff
import Model
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
    /// The shard's lock is held by somebody else.
    package let isLocked: Bool
    /// A part of a step has run, and the rest is left to the next run.
    package let isHalf: Bool
    /// `error 1118`, where this very table is not changed by the algorithm that the statement asks
    /// for, whatever a copy of it was; nil otherwise.
    package var refusedAlgorithm: String?

    package init(
        _ message: String, retry: RetryClass, isLocked: Bool = false,
        isHalf: Bool = false
    ) {
        self.message = message
        self.retry = retry
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
