import Ledger
import Model
import Reports
import Schema

/// Reads an environment's records from the ledger; asks no shard.
package struct LedgerQueries {
    private let store: LedgerStore

    package init(store: LedgerStore) {
        self.store = store
    }

    /// The environment's record, or nil when there is none yet.
    package func environment() throws(LedgerError) -> EnvironmentRecord? {
        try store.snapshot()?.read(EnvironmentRecord.self, at: RecordPath.environment)
    }

    /// A rollout with the state that follows from all its operations.
    package func rollout(_ id: String) throws(LedgerError) -> RolloutReport? {
        guard let snapshot = try store.snapshot(),
            let record = try snapshot.read(RolloutRecord.self, at: RecordPath.rollout(id))
        else { return nil }
        return Self.report(record, environment: store.environment) { key in
            // One unreadable operation makes the state undetermined, and the others are still
            // listed.
            Result { () throws(LedgerError) in
                try snapshot.read(OperationRecord.self, at: RecordPath.operation(id, key))
            }
        }
    }

    /// - Parameter operation: the record of an operation, nil where there is none, or why it
    ///   cannot be read.
    static func report(
        _ record: RolloutRecord, environment: String,
        _ operation: (OperationKey) -> Result<OperationRecord?, LedgerError>
    ) -> RolloutReport {
        var operations: [(key: OperationKey, record: OperationRecord?)] = []
        var unreadable: Set<OperationKey> = []
        var lacks: [String] = []
        for key in record.operationKeys {
            switch operation(key) {
            case .success(let found):
                operations.append((key, found))
                if found == nil { lacks.append("the ledger has no record of \(key)") }
            case .failure(let error):
                operations.append((key, nil))
                unreadable.insert(key)
                lacks.append("the record of \(key) cannot be read: \(error.fault)")
            }
        }
        var report = RolloutReport(
            environment: environment, rollout: record.id, plan: record.plan,
            state: RolloutState.derive(
                from: operations.map { $0.record?.state }, policy: record.policy),
            startedAt: record.startedAt, endedAt: record.endedAt,
            message: Self.message(record.message, lacks))
        for (key, record) in operations {
            let lack = unreadable.contains(key) ? "unreadable" : "missing"
            report.counts[record?.state.label ?? lack, default: 0] += 1
            guard let record, let message = record.message, record.state != .completed else {
                continue
            }
            report.troubles.append(.init(key: key, state: record.state, message: message))
        }
        return report
    }

    /// What was recorded about the whole, and the first thing that is not known of its parts.
    private static func message(_ recorded: String?, _ lacks: [String]) -> String? {
        guard let first = lacks.first else { return recorded }
        let more = lacks.count == 1 ? "" : " (and \(lacks.count - 1) more)"
        return [recorded, first + more].compactMap(\.self).joined(separator: "; ")
    }

    /// The record of every shard in `snapshot`.
    package static func shards(
        in snapshot: LedgerSnapshot
    ) throws(LedgerError) -> [ShardID: ShardRecord] {
        var result: [ShardID: ShardRecord] = [:]
        for namespace in try snapshot.list(RecordPath.fleet) {
            let records = try snapshot.readAll(
                ShardRecord.self, in: RecordPath.fleet.appending(namespace))
            for (shard, record) in records {
                result[ShardID(namespace: namespace, shard: shard)] = record
            }
        }
        return result
    }

    /// Every decision about a step.
    package static func approvals(
        in snapshot: LedgerSnapshot
    ) throws(LedgerError) -> [ApprovalRecord] {
        var records: [ApprovalRecord] = []
        for name in try snapshot.list(RecordPath.approvals) {
            let path = RecordPath.approvals.appending(name)
            if let record = try snapshot.read(ApprovalRecord.self, at: path) {
                records.append(record)
            }
        }
        return records
    }

    /// The operations that interrupted runs may have started and that have no outcome.
    package static func pending(
        in snapshot: LedgerSnapshot
    ) throws(LedgerError) -> [PendingRecord] {
        var records: [PendingRecord] = []
        for path in try snapshot.paths(below: RecordPath.pendingFolder) {
            if let record = try snapshot.read(PendingRecord.self, at: path) {
                records.append(record)
            }
        }
        return records
    }

    /// The statements that tables refused.
    package static func refusals(
        in snapshot: LedgerSnapshot
    ) throws(LedgerError) -> Refusals {
        var records: [RefusalRecord] = []
        for path in try snapshot.paths(below: RecordPath.refusals) {
            if let record = try snapshot.read(RefusalRecord.self, at: path) {
                records.append(record)
            }
        }
        return Refusals(records)
    }

    /// The path and text of the one object whose name begins with `prefix`, among plans, approvals,
    /// rollouts and the catalog.
    package func object(_ prefix: String) throws(LedgerError) -> [(path: String, text: String)] {
        guard let snapshot = try store.snapshot() else { return [] }
        var found: [(path: String, text: String)] = []
        for folder in ["plans", "approvals", "catalog"] {
            for name in try snapshot.list(LedgerPath(folder)) where name.hasPrefix(prefix) {
                let path = LedgerPath(folder, name)
                guard let bytes = try snapshot.read(path) else { continue }
                found.append((path.encoded, String(decoding: bytes, as: UTF8.self)))
            }
        }
        for id in try snapshot.list(LedgerPath("rollouts")) where id.hasPrefix(prefix) {
            let path = RecordPath.rollout(id)
            guard let bytes = try snapshot.read(path) else { continue }
            found.append((path.encoded, String(decoding: bytes, as: UTF8.self)))
        }
        return found
    }
}
