import Basics
import Diff
import Model
import Schema

/// What a worker may do to one shard while it holds the shard's lock.
///
/// Only `ShardSession` implements it for a server; the simulation in the tests has one in memory.
/// Plan, drift report and every other dry run have no value of this type.
package protocol ShardPort {
    /// The digest of the live object, or nil when it is known to be absent.
    ///
    /// `chain` has the digests that an operation goes through. A live object that satisfies one of
    /// them (git may leave its definer to the server) is reported as that one.
    func digest(of object: ObjectName, among chain: [Digest?]) throws(ShardFailure) -> Digest?

    /// The digest of the live table that still has its old name; nil where no table has that name,
    /// even if a view has.
    func digest(ofFormer table: ObjectName) throws(ShardFailure) -> Digest?

    /// Asks the rows one question; throws where the server gave no answer.
    func ask(_ question: DataQuestion) throws(ShardFailure) -> RowsAnswer

    /// Runs one statement of a step.
    func run(_ statement: PlanStatement) throws(ShardFailure)

    /// Opens sessions that work beside this one; nil where there is none.
    var helpers: (any ShardHelpers)? { get }

    /// Where the shard is; nil where there is no server behind it.
    func site() throws(ShardFailure) -> ShardSite?
}

extension ShardPort {
    package func site() throws(ShardFailure) -> ShardSite? { nil }

    package var helpers: (any ShardHelpers)? { nil }
}

/// Opens further sessions of a shard, which work under the lock that one holds for all of them.
package protocol ShardHelpers: Sendable {
    /// The most sessions at a time.
    var limit: Int { get }

    /// Runs `body` with a session of its own; throws where there can be none now.
    ///
    /// - Parameter number: 1 to `limit`; no two sessions at a time have the same.
    func withSession<Result>(
        _ number: Int, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result
}

/// The answer of the rows of a table to one question.
package enum RowsAnswer: Hashable, Sendable {
    /// No row would make a statement fail.
    case clear
    /// At least one row would.
    case inTheWay
    /// The answer cannot be had, for this reason, and trying again would not help.
    case notKnown(String)
}

/// What is live under the names of an operation's table.
package enum LiveFinding: Hashable, Sendable {
    /// One table or none, whether under the old or the new name.
    case digest(Digest?)
    /// One table under the old name and one under the new; which of them is the right one is not
    /// known.
    case both(old: ObjectName, new: ObjectName)
}

extension ShardPort {
    /// Reads the table of a step: one to be renamed has its old name before the first statement and
    /// its new one after it.
    func find(_ step: PlanStep) throws(ShardFailure) -> LiveFinding {
        guard let members = step.members else { return try findOne(step) }
        var tables: [ObjectName: Digest?] = [:]
        for member in members {
            var found = try digest(of: member.object, among: [])
            if let old = member.renamedFrom, let former = try digest(ofFormer: old) {
                guard found == nil else { return .both(old: old, new: member.object) }
                found = former
            }
            tables[member.object] = .some(found)
        }
        return .digest(PlanStep.digest(of: tables))
    }

    private func findOne(_ step: PlanStep) throws(ShardFailure) -> LiveFinding {
        let new = try digest(of: step.object, among: step.digests)
        guard let name = step.renamedFrom else { return .digest(new) }
        guard let old = try digest(ofFormer: name) else { return .digest(new) }
        return new == nil ? .digest(old) : .both(old: name, new: step.object)
    }
}

extension LiveFinding {
    /// The reason why an operation that finds two tables is superseded.
    static func obstruction(old: ObjectName, new: ObjectName) -> String {
        "both `\(old.encoded)` and `\(new.encoded)` are live: the rename would have to choose"
    }
}

/// Why a shard could not be read or changed.
package struct ShardFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What failed, with the shard's name.
    package let message: String
    /// Whether trying again can help, and whether the outcome is known.
    package let retry: RetryClass
    /// Another session holds the shard's lock.
    package let isLocked: Bool
    /// A part of a step has run; the rest is left to the next run.
    package let isHalf: Bool
    /// Somebody suspended the shard.
    package let isSuspended: Bool
    /// The error, such as `error 1118`, where the algorithm that was proved on an empty copy of the
    /// table is refused by the table itself; nil otherwise.
    package var refusedAlgorithm: String?
    /// The account lacks a privilege, which that of another process may have.
    package var isOfAccount = false

    package init(
        _ message: String, retry: RetryClass, isLocked: Bool = false,
        isHalf: Bool = false, isSuspended: Bool = false
    ) {
        self.message = message
        self.retry = retry
        self.isLocked = isLocked
        self.isHalf = isHalf
        self.isSuspended = isSuspended
    }

    package var description: String { message }

    /// Whether somebody else may reach the shard, or be allowed to.
    var isOfReach: Bool { outcome == .shardUnreachable }

    /// What it means for the exit status where a shard's operations were left for it.
    var outcome: Outcome {
        if isSuspended { return .suspended }
        return isHalf ? .stepHalfDone : isLocked ? .shardLocked : .shardUnreachable
    }
}

/// Opens a shard for change: connects and takes its lock.
package protocol ShardOpener: Sendable {
    /// Runs `body` on a connection that holds the shard's lock.
    func withShard<Result>(
        _ shard: ShardID, _ body: (any ShardPort) throws(ShardFailure) -> Result
    ) throws(ShardFailure) -> Result
}
