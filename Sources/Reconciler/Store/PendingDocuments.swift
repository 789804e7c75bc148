import Diff
import Execution
import Ledger
import Model
import Schema

/// How a pending record is kept: the record names its step by digest, and the step is kept once
/// with the rollout, for all of its shards.
enum PendingDocuments {
    /// A pending record with the digest of its step in the place of the step.
    struct Reference: Codable {
        var version: Int
        var rollout: String
        var key: OperationKey
        var step: Digest
        var approval: Digest?
        var approvedUntil: String?
        var revision: String?
        var startedAt: String
        var actor: String
        var begun: Int?
        var engine: EngineState?
        var place: String?
        var astray: String?

        init(_ record: PendingRecord, step: Digest) {
            version = record.version
            rollout = record.rollout
            key = record.key
            self.step = step
            approval = record.approval
            approvedUntil = record.approvedUntil
            revision = record.revision
            startedAt = record.startedAt
            actor = record.actor
            begun = record.begun
            engine = record.engine
            place = record.place
            astray = record.astray
        }

        /// The record, with its step on its shard.
        func record(_ step: PlanStep) -> PendingRecord {
            var record = PendingRecord(
                rollout: rollout, key: key, step: step, approval: approval, startedAt: startedAt,
                actor: actor)
            record.version = version
            record.approvedUntil = approvedUntil
            record.revision = revision
            record.begun = begun
            record.engine = engine
            record.place = place
            record.astray = astray
            return record
        }
    }

    /// A step as it is kept: its JSON without its shards, and the digest of that.
    struct Step {
        let digest: Digest
        let bytes: [UInt8]
    }

    static func step(of record: PendingRecord) throws(LedgerError) -> Step {
        var step = record.step
        step.shards = []
        let bytes = try CanonicalJSON.encode(step)
        return Step(digest: Digest(of: bytes), bytes: bytes)
    }

    /// The documents of a pending record.
    static func all(of record: PendingRecord) throws(LedgerError) -> [Layout1.Edit] {
        let step = try step(of: record)
        return [
            (RecordPath.step(record.rollout, step.digest), step.bytes),
            (
                RecordPath.pending(record.key),
                try CanonicalJSON.encode(Reference(record, step: step.digest))
            ),
        ]
    }
}

/// The last step that was made ready to be kept: the shards of a rollout share it, one after the
/// other.
final class KeptStep: Sendable {
    private let last = Lock<(step: PlanStep, kept: PendingDocuments.Step)?>(nil)

    /// As ``PendingDocuments/step(of:)`` makes it.
    func step(of record: PendingRecord) throws(LedgerError) -> PendingDocuments.Step {
        var step = record.step
        step.shards = []
        if let known = last.withLock({ $0 }), known.step == step { return known.kept }
        let kept = try PendingDocuments.step(of: record)
        last.withLock { [step] in $0 = (step, kept) }
        return kept
    }
}

extension RecordReader {
    /// The pending record of an operation without its step; nil where there is none.
    func pendingReference(
        _ key: OperationKey
    ) throws(LedgerError) -> PendingDocuments.Reference? {
        try read(PendingDocuments.Reference.self, at: RecordPath.pending(key))
    }

    /// An operation as its own record says, whether or not it runs; throws where a newer release
    /// wrote it, as what is changed in it would lose what only that one knows.
    func keptOperation(
        _ rollout: String, _ key: OperationKey
    ) throws(LedgerError) -> OperationRecord? {
        let path = RecordPath.operation(rollout, key)
        guard let operation = try read(OperationRecord.self, at: path) else { return nil }
        try RecordVersion.check(operation.version, at: path)
        return operation
    }

    /// An operation of a rollout; one of which a pending record is there is running.
    package func operation(
        _ rollout: String, _ key: OperationKey
    ) throws(LedgerError) -> OperationRecord? {
        guard var operation = try keptOperation(rollout, key) else { return nil }
        guard operation.state == .pending, let pending = try pendingReference(key),
            pending.rollout == rollout
        else { return operation }
        operation.state = .running
        operation.startedAt = pending.startedAt
        return operation
    }
}

/// The operations that interrupted runs may have started and that have no outcome.
package struct PendingList: Sendable {
    package fileprivate(set) var records: [PendingRecord] = []
    /// Those of which the record is there and cannot be read, with the reason.
    package fileprivate(set) var damaged: [OperationKey: LedgerError] = [:]
}

extension RecordSnapshot {
    /// The operations that interrupted runs may have started and that have no outcome; throws where
    /// one of them cannot be read.
    package func pending() throws(LedgerError) -> [PendingRecord] {
        let list = try pendingList()
        if let damage = list.damaged.min(by: { $0.key < $1.key }) { throw damage.value }
        return list.records
    }

    /// The same, with those that cannot be read beside the others: the name of a record says whose
    /// it is.
    package func pendingList() throws(LedgerError) -> PendingList {
        var pending = PendingList()
        var steps: [Digest: PlanStep] = [:]
        var checks = PendingChecks(self)
        for name in try list(RecordPath.pendingFolder) {
            let place = RecordPath.pendingFolder.appending(name)
            do throws(LedgerError) {
                if let record = try pendingRecord(at: place, &steps, &checks) {
                    pending.records.append(record)
                }
            } catch  where error.isOfContent {
                guard let key = RecordPath.operationKey(named: name) else { throw error }
                pending.damaged[key] = error
            }
        }
        return pending
    }

    private func pendingRecord(
        at place: LedgerPath, _ steps: inout [Digest: PlanStep], _ checks: inout PendingChecks
    ) throws(LedgerError) -> PendingRecord? {
        guard let reference = try read(PendingDocuments.Reference.self, at: place) else {
            return nil
        }
        try RecordVersion.check(reference.version, at: place)
        guard RecordPath.pending(reference.key) == place else {
            throw LedgerError(.damaged, "\(place): it is the record of \(reference.key)")
        }
        let step = try step(
            reference.step, of: reference.rollout, &steps, for: reference.key)
        let record = reference.record(step)
        try checks.check(record, step: reference.step, at: place)
        return record
    }

    /// A step that is kept with a rollout, for one shard.
    ///
    /// - Parameter known: the steps that were read, which shards share.
    func step(
        _ digest: Digest, of rollout: String, _ known: inout [Digest: PlanStep],
        for key: OperationKey
    ) throws(LedgerError) -> PlanStep {
        let path = RecordPath.step(rollout, digest)
        var found = known[digest]
        if found == nil { found = try keptStep(digest, at: path) }
        guard var step = found else {
            throw LedgerError(
                .damaged, "\(path): the step of \(key) is missing",
                remedy: "restore the branch from before")
        }
        known[digest] = step
        step.shards = [key.shard]
        return step
    }

    /// A step that is kept with its rollout; nil where it is missing.
    private func keptStep(
        _ digest: Digest, at path: LedgerPath
    ) throws(LedgerError) -> PlanStep? {
        guard let bytes = try read(path) else { return nil }
        guard Digest(of: bytes) == digest else {
            throw LedgerError(.damaged, "\(path): it does not hash to its name")
        }
        return try CanonicalJSON.decode(PlanStep.self, from: bytes, at: path)
    }
}

extension LedgerDraft {
    /// Keeps a step with its rollout.
    mutating func keepStep(
        _ step: PendingDocuments.Step, with rollout: String
    ) throws(LedgerError) {
        let path = RecordPath.step(rollout, step.digest)
        if try read(path) == nil { try set(path, step.bytes) }
    }

    /// Writes the pending record of an operation, with its step.
    ///
    /// - Parameter step: what ``PendingDocuments/step(of:)`` makes of the record: that takes time,
    ///   which is better spent before the transition.
    mutating func setPending(
        _ record: PendingRecord, _ step: PendingDocuments.Step
    ) throws(LedgerError) {
        try keepStep(step, with: record.rollout)
        try set(
            RecordPath.pending(record.key),
            json: PendingDocuments.Reference(record, step: step.digest))
    }
}
