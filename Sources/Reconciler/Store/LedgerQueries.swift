import Ledger
import Model
import Reports
import Schema

/// Reads an environment's records from the ledger; asks no shard.
package struct LedgerQueries {
    let store: LedgerStore

    package init(store: LedgerStore) {
        self.store = store
    }

    /// The environment's record, or nil when there is none yet.
    package func environment() throws(LedgerError) -> EnvironmentRecord? {
        try store.snapshot()?.environmentRecord()
    }

    /// A rollout with the state that follows from all its operations.
    package func rollout(_ id: String) throws(LedgerError) -> RolloutReport? {
        guard let snapshot = try store.snapshot(), let record = try snapshot.rollout(id) else {
            return nil
        }
        var known: [OperationKey: OperationRecord] = [:]
        let finalizers = try snapshot.finalizers(of: record)
        var report = Self.report(record, finalizers, environment: store.environment) { key in
            // One unreadable operation makes the state undetermined, and the others are still
            // listed.
            let found = Result { () throws(LedgerError) in try snapshot.operation(id, key) }
            known[key] = try? found.get()
            return found
        }
        let mark = try snapshot.rolloutMark(id)
        let progress = RolloutProgress(record, cutovers: mark?.cutovers)
        let next = progress.next(known, now: store.now) { _ in true }
        if let throttle = mark?.throttle { report.say(throttle.words) }
        report.takenBack = try rollbacks().first { $0.rollout == id }?.words
        if let standstill = mark?.standstill(of: id) {
            report.stand(standstill)
        } else {
            report.due = RolloutReport.Due(next, of: record)
            report.wait(next, of: record)
            switch next {
            case .run(_, let keys), .cutOver(_, let keys, _):
                report.ready = keys.count { key in
                    switch known[key]?.state {
                    case .pending, .waitingForCutover, .failedRetryable: true
                    case .leased, .preparing, .running, .cuttingOver, .verifying, .completed,
                        .failed, .superseded, .cancelled, nil:
                        false
                    }
                }
            case .abandon, .bake, .retry, .awaitCutover, .wait, .restart, .halt, .end: break
            }
        }
        report.number = record.number
        return report
    }

    /// The open rollouts but one, by id.
    package func openRollouts(but id: String) throws(LedgerError) -> [RolloutReport] {
        var reports: [RolloutReport] = []
        let snapshot = try store.snapshot()
        for other in try snapshot?.list(RecordPath.openFolder) ?? [] where other != id {
            guard try snapshot?.readableRollout(other) != nil, let report = try rollout(other)
            else { continue }
            reports.append(report)
        }
        return reports
    }

    /// What of the environment cannot be read and keeps something from going on, one sentence each;
    /// shards that are set aside are ``shardLines(all:_:whereabouts:)``.
    package func unread() throws(LedgerError) -> [String] {
        guard let snapshot = try store.snapshot() else { return [] }
        var lines = try snapshot.unreadRollouts().map(\.words)
        do throws(LedgerError) {
            _ = try snapshot.rollbacks()
        } catch  where error.isOfContent {
            lines.append("\(error)")
        }
        return lines
    }

    /// Whether a rollout is there, and its record can be read.
    package func isReadable(_ rollout: String) throws(LedgerError) -> Bool {
        try store.snapshot()?.readableRollout(rollout) != nil
    }

    /// What somebody suspended and is not over.
    package func suspensions() throws(LedgerError) -> [SuspensionRecord] {
        let now = store.now
        return try store.snapshot()?.suspensions().filter { !$0.isOver(at: now) } ?? []
    }

    /// What failed for good and was not tried again since, or brought the table further; reads what
    /// has changed since `memory` was last used.
    package func failures(
        _ memory: inout FailureMemory
    ) throws(LedgerError) -> [FailureRecord] {
        guard let snapshot = try store.snapshot() else { return [] }
        return try memory.records(in: snapshot).values.sorted { $0.key < $1.key }
    }

    /// The shards that are set aside, and where `all` every shard that was recorded. Reads the
    /// records of all shards, or what has changed since `memory` was last used.
    package func shardLines(
        all: Bool, _ memory: inout FleetMemory, whereabouts: () -> Whereabouts
    ) throws(LedgerError) -> (setAside: [StatusReport.ShardLine], all: [StatusReport.ShardLine]?) {
        guard let snapshot = try store.snapshot() else { return ([], all ? [] : nil) }
        let records = try memory.records(in: snapshot)
        let setAside = try SetAside(snapshot, records: memory.damaged, whereabouts: whereabouts)
            .reasons
        let suspensions = try suspensions()
        let lines = Set(records.keys).union(setAside.keys).sorted().map { id in
            var line = StatusReport.ShardLine(shard: id)
            line.revision = records[id]?.lastRevision ?? records[id]?.revision
            line.since = records[id]?.since
            line.objectCount = records[id]?.tables.count
            line.reason = setAside[id] ?? suspensions.first { $0.covers(id) }?.words
            return line
        }
        return (lines.filter { setAside[$0.shard] != nil }, all ? lines : nil)
    }

    /// - Parameters:
    ///   - finalizers: their records, nil for each that is missing.
    ///   - operation: the record of an operation, nil where there is none, or why it
    ///     cannot be read.
    static func report(
        _ record: RolloutRecord, _ finalizers: [FinalizerRecord?] = [], environment: String,
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
        for (namespace, finalizer) in zip(record.finalizers ?? [], finalizers)
        where finalizer == nil {
            lacks.append(
                "whether the finalizer of \(namespace) ran cannot be read: look, and then `plumb "
                    + "unlock --rollout \(record.id) --reason …`")
        }
        var report = RolloutReport(
            environment: environment, rollout: record.id, plan: record.plan,
            state: RolloutState.derive(
                from: operations.map { $0.record?.state }, rule: record.failureRule
            )?.with(finalizers.map { $0?.state }),
            startedAt: record.startedAt, endedAt: record.endedAt,
            message: Self.message(record.message, lacks))
        report.finalizers = finalizers.compactMap(\.self).map {
            .init(
                namespace: $0.namespace, state: $0.state, message: $0.message, nextAt: $0.nextAt,
                output: $0.output)
        }
        let labels = operations.map { key, record in
            record?.state.label ?? (unreadable.contains(key) ? "unreadable" : "missing")
        }
        for label in labels { report.counts[label, default: 0] += 1 }
        report.waves = waves(of: record, labels)
        report.list(operations.compactMap(\.record))
        return report
    }

    /// - Parameter labels: what each operation is at, in the order of the waves.
    private static func waves(
        of record: RolloutRecord, _ labels: [String]
    ) -> [RolloutReport.Wave] {
        var rest = labels[...]
        return record.waves.enumerated().map { number, keys in
            defer { rest = rest.dropFirst(keys.count) }
            let bakes = number < record.bakeSeconds.count ? record.bakeSeconds[number] : 0
            return RolloutReport.Wave(
                counts: Dictionary(rest.prefix(keys.count).map { ($0, 1) }, uniquingKeysWith: +),
                bakeSeconds: bakes)
        }
    }

    /// What was recorded about the whole, and the first thing that is not known of its parts.
    private static func message(_ recorded: String?, _ lacks: [String]) -> String? {
        guard let first = lacks.first else { return recorded }
        let more = lacks.count == 1 ? "" : " (and \(lacks.count - 1) more)"
        return [recorded, first + more].compactMap(\.self).joined(separator: "; ")
    }

    /// The record of every shard in `snapshot`; reads all of them.
    package static func shards(
        in snapshot: RecordSnapshot
    ) throws(LedgerError) -> [ShardID: ShardRecord] {
        var memory = FleetMemory()
        let records = try memory.records(in: snapshot)
        if let damage = memory.damaged.min(by: { $0.key < $1.key }) { throw damage.value }
        return records
    }

    /// Every decision about a step, with those that are over: for an audit.
    package static func approvals(
        in snapshot: RecordSnapshot
    ) throws(LedgerError) -> [ApprovalRecord] {
        var records: [ApprovalRecord] = []
        for name in try snapshot.approvalNames() {
            guard let digest = Digest(hex: name) else { continue }
            if let record = try snapshot.approval(digest) { records.append(record) }
        }
        return records
    }

    /// The operations that interrupted runs may have started and that have no outcome.
    package static func pending(
        in snapshot: RecordSnapshot
    ) throws(LedgerError) -> [PendingRecord] {
        try snapshot.pending()
    }

    /// The statements that tables refused; shards of which one cannot be read are set aside.
    package static func refusals(
        in snapshot: RecordSnapshot
    ) throws(LedgerError) -> Refusals {
        Refusals(try snapshot.refusalList().records)
    }
}
