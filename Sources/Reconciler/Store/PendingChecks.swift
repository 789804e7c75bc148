import Basics
import Diff
import Ledger
import Model
import Schema

/// What of a pending record is looked at before anybody acts on it: nobody knows who wrote it.
///
/// A process that takes up what another one began has no plan of its own for it, and may not even
/// have the schema repository. So a record counts only as a whole.
struct PendingChecks {
    private let snapshot: RecordSnapshot
    /// What only the operator's file allows.
    private let permissions: StatementText.Permissions
    /// The steps that were looked at, which shards share.
    private var sound: Set<Digest> = []
    private var bindings: [Digest: ApprovalBinding] = [:]

    /// - Parameter allowing: what may be sent of what only the operator's file allows; all of it
    ///   where nothing is sent because of the record.
    init(
        _ snapshot: RecordSnapshot, allowing: StatementText.Permissions = .init(directories: true)
    ) {
        self.snapshot = snapshot
        permissions = allowing
    }

    /// Throws `damaged` where the record cannot be one that a pass wrote.
    ///
    /// Costs a reading of each statement and of the definitions for each different step, and for
    /// each record a look at its operation.
    ///
    /// - Parameter step: the digest by which the record names its step.
    mutating func check(
        _ record: PendingRecord, step: Digest, at place: LedgerPath
    ) throws(LedgerError) {
        if let fault = try fault(of: record, step) {
            throw LedgerError(.damaged, "\(place): \(fault)")
        }
    }

    private mutating func fault(
        of record: PendingRecord, _ digest: Digest
    ) throws(LedgerError) -> String? {
        let (key, step) = (record.key, record.step)
        guard key.object == step.object, key.namespace == step.namespace else {
            return "its step is about \(step.object.label(in: step.namespace))"
        }
        if !sound.contains(digest) {
            do throws(PlanInvalid) {
                try step.validate(on: key.shardID, allowing: permissions)
                try step.validateEnds(definition)
            } catch {
                return error.reason
            }
            sound.insert(digest)
        }
        guard (0..<step.statements.count).contains(record.begun ?? 0) else {
            return "more statements had run before it than it has"
        }
        if let engine = record.engine, let name = step.engine,
            let fault = engine.fault(for: name)
        {
            return fault
        }
        guard Timestamp(iso: record.startedAt) != nil else { return "it has no time" }
        if let fault = try approvalFault(of: record) { return fault }
        return try operationFault(of: record)
    }

    /// The text of a definition that the ledger has; nil where it has none that can be read.
    private func definition(_ digest: Digest) -> String? {
        guard let bytes = try? snapshot.read(RecordPath.catalog(digest)),
            Digest(of: bytes) == digest
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What was approved must be this step, on this shard.
    private mutating func approvalFault(of record: PendingRecord) throws(LedgerError) -> String? {
        guard let digest = record.approval else { return nil }
        if bindings[digest] == nil, try snapshot.decision(digest) != nil {
            bindings[digest] = try snapshot.binding(digest)
        }
        guard let binding = bindings[digest] else {
            return "its approval \(digest.short) is not in the ledger"
        }
        let isCovered = binding.covers(
            record.step, shard: record.key.shard, environment: binding.environment)
        return isCovered ? nil : "its approval \(digest.short) is of another step"
    }

    /// Its operation leads from where to where the step does. One that is missing, or cannot be
    /// read, says nothing; what became of it is said elsewhere.
    private func operationFault(of record: PendingRecord) throws(LedgerError) -> String? {
        let path = RecordPath.operation(record.rollout, record.key)
        let operation: OperationRecord?
        do throws(LedgerError) {
            operation = try snapshot.read(OperationRecord.self, at: path)
        } catch  where error.isOfContent {
            return nil
        }
        guard let operation else { return nil }
        let isSame = operation.from == record.step.from && operation.to == record.step.to
        return isSame ? nil : "its operation leads elsewhere"
    }
}
