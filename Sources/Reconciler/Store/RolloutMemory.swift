import Ledger
import Model
import Schema

/// What there is to say of each rollout in a list.
///
/// Those that have ended do not change, so they are read once.
package struct RolloutMemory: Sendable {
    /// One rollout, without its operations.
    package struct Line: Sendable {
        package let id: String
        package let plan: Digest?
        /// Nil where its record cannot be read.
        package let state: RolloutState?
        package let operations: Int
        package let startedAt: String
        package let endedAt: String?
        package let actor: String
        package let revision: String?
        /// The first failure, or why it cannot be read.
        package let message: String?
        fileprivate let number: Int

        fileprivate init(_ record: RolloutRecord) {
            id = record.id
            plan = record.plan
            state = record.state
            operations = record.operationKeys.count
            startedAt = record.startedAt
            endedAt = record.endedAt
            actor = record.actor
            revision = record.revision
            message = record.message
            number = record.number ?? 0
        }

        fileprivate init(unread id: String, _ error: LedgerError) {
            self.id = id
            plan = nil
            state = nil
            operations = 0
            startedAt = ""
            endedAt = nil
            actor = ""
            revision = nil
            message = error.fault
            number = .max
        }
    }

    private var ended: [String: Line] = [:]

    package init() {}

    /// Every rollout of an environment: those that are open first, and the newest first.
    package mutating func lines(in snapshot: RecordSnapshot) throws(LedgerError) -> [Line] {
        var lines: [Line] = []
        for id in try snapshot.rolloutIDs() {
            if let known = ended[id] {
                lines.append(known)
                continue
            }
            do throws(LedgerError) {
                guard let line = try snapshot.rollout(id).map(Line.init) else { continue }
                lines.append(line)
            } catch  where error.isOfContent {
                lines.append(Line(unread: id, error))
            }
        }
        ended = Dictionary(
            lines.filter { $0.state?.isTerminal == true }.map { ($0.id, $0) }
        ) { first, _ in first }
        return lines.sorted { left, right in
            let isOpen = (left.state?.isTerminal != true, right.state?.isTerminal != true)
            if isOpen.0 != isOpen.1 { return isOpen.0 }
            return (left.number, left.startedAt, left.id)
                > (right.number, right.startedAt, right.id)
        }
    }

    /// What a rollout did to a table of a shard, or is about to.
    package struct Change: Sendable {
        package let rollout: Line
        package let operation: OperationRecord
    }

    /// The newest changes of a table of a shard, the open ones first; costs one read for each
    /// rollout that is looked at.
    package mutating func changes(
        of key: OperationKey, in snapshot: RecordSnapshot, limit: Int
    ) throws(LedgerError) -> [Change] {
        var changes: [Change] = []
        for line in try lines(in: snapshot) {
            guard changes.count < limit else { break }
            guard let operation = try snapshot.readableOperation(line.id, key) else { continue }
            changes.append(Change(rollout: line, operation: operation))
        }
        return changes
    }
}

extension RecordSnapshot {
    /// An operation of a rollout; nil where it has no record, or one that cannot be read.
    package func readableOperation(
        _ rollout: String, _ key: OperationKey
    ) throws(LedgerError) -> OperationRecord? {
        do throws(LedgerError) { return try operation(rollout, key) } catch  where error.isOfContent
        {
            return nil
        }
    }
}
