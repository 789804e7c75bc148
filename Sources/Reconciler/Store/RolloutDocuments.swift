import Basics
import Ledger
import Model
import Schema

/// How rollouts are kept: each with its operations, and a mark of those that have not ended, so
/// that nobody has to look through those that have.
enum RolloutDocuments {
    /// The document that marks a rollout as open.
    static let mark = Array("{}\n".utf8)
}

/// A rollout that has not ended.
package struct OpenRollout: Sendable {
    package let record: RolloutRecord
    package fileprivate(set) var operations: [OperationRecord] = []
    /// The operations of which the record cannot be read: they have not ended and do not begin,
    /// and nothing else begins on their shards.
    package fileprivate(set) var damaged: [OperationKey: LedgerError] = [:]
}

extension RecordReader {
    /// A rollout as it was last recorded; nil where there is none.
    package func rollout(_ id: String) throws(LedgerError) -> RolloutRecord? {
        let path = RecordPath.rollout(id)
        guard let record = try read(RolloutRecord.self, at: path) else { return nil }
        try RecordVersion.check(record.version, at: path)
        return record
    }

    /// The same; nil too where the record cannot be read.
    package func readableRollout(_ id: String) throws(LedgerError) -> RolloutRecord? {
        do throws(LedgerError) { return try rollout(id) } catch  where error.isOfContent {
            return nil
        }
    }

    /// What is asked of an open rollout; nil where it has ended. Where that cannot be read,
    /// somebody may have stopped it: it stands still.
    package func rolloutMark(_ id: String) throws(LedgerError) -> RolloutMark? {
        let path = RecordPath.open(id)
        do throws(LedgerError) {
            guard let mark = try read(RolloutMark.self, at: path) else { return nil }
            try RecordVersion.check(mark.version ?? RecordVersion.present, at: path)
            return mark
        } catch  where error.isOfContent {
            return RolloutMark(damage: error.fault)
        }
    }
}

extension RecordSnapshot {
    /// The ids of all rollouts, sorted. For an audit: a pass asks for ``openRollouts()``.
    package func rolloutIDs() throws(LedgerError) -> [String] {
        try names(below: RecordPath.rollouts, depth: 2)
    }

    /// The rollouts that have not ended, with their operations; those of which the record cannot
    /// be read are ``unreadRollouts()``.
    package func openRollouts() throws(LedgerError) -> [OpenRollout] {
        var rollouts: [OpenRollout] = []
        for id in try list(RecordPath.openFolder) {
            guard let record = try readableRollout(id) else { continue }
            var open = OpenRollout(record: record)
            for key in record.operationKeys {
                do throws(LedgerError) {
                    if let operation = try operation(id, key) { open.operations.append(operation) }
                } catch  where error.isOfContent {
                    open.damaged[key] = error
                }
            }
            rollouts.append(open)
        }
        return rollouts
    }
}

extension LedgerDraft {
    /// Records a rollout, and whether it is open.
    package mutating func setRollout(_ record: RolloutRecord) throws(LedgerError) {
        try set(RecordPath.rollout(record.id), json: record)
        if record.state.isTerminal {
            try remove(RecordPath.open(record.id))
        } else if try read(RecordPath.open(record.id)) == nil {
            // What is asked of it stays.
            try set(RecordPath.open(record.id), RolloutDocuments.mark)
        }
    }

    /// Lets an open rollout go on, or not.
    ///
    /// Throws where what was asked of it before cannot be read: that is ended by a person.
    package mutating func setMark(_ mark: RolloutMark, of id: String) throws(LedgerError) {
        if let damage = mark.damage {
            throw LedgerError(
                .invalid, "what was asked of rollout \(id) cannot be read (\(damage))",
                remedy: "`plumb unlock --rollout \(id) --reason …` ends that, after a look")
        }
        try set(RecordPath.open(id), json: mark)
    }

    /// Lets nothing more of an open rollout begin until somebody releases it; keeps an earlier
    /// pause.
    ///
    /// - Returns: what is asked of the rollout from now on, and whether that is new; nil where it
    ///   has ended.
    mutating func pause(
        _ rollout: String, _ pause: RolloutMark.Pause
    ) throws(LedgerError) -> (mark: RolloutMark, isNew: Bool)? {
        guard var mark = try rolloutMark(rollout) else { return nil }
        guard mark.pause == nil, mark.damage == nil else { return (mark, false) }
        mark.pause = pause
        try setMark(mark, of: rollout)
        return (mark, true)
    }

    /// Records an operation of a rollout.
    package mutating func setOperation(
        _ record: OperationRecord, of rollout: String
    ) throws(LedgerError) {
        try set(RecordPath.operation(rollout, record.key), json: record)
    }
}
