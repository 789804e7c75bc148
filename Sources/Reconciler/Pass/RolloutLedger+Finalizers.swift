import Basics
import Desired
import Diff
import Ledger
import Model
import Schema

extension RolloutLedger {
    /// The finalizers of the namespaces of a new rollout.
    func finalizers(of keys: [OperationKey]) -> [FinalizerRecord] {
        Set(keys.map(\.namespace)).sorted().compactMap { name in
            pass.fleet.namespace(name)?.finalizer.map { FinalizerRecord($0, of: name) }
        }
    }

    /// The finalizers of a rollout as they are recorded; nothing is read for one without any.
    func finalizers(of record: RolloutRecord) throws(LedgerError) -> [FinalizerRecord?] {
        guard record.finalizers != nil else { return [] }
        return try pass.store.snapshot()?.finalizers(of: record) ?? []
    }

    /// When a finalizer is tried again; nil where none waits for a time that is to come.
    func nextAttempt(of rollouts: [RolloutDrive.Driven]) throws(LedgerError) -> Timestamp? {
        var next: Timestamp?
        for driven in rollouts where driven.control.standstill == nil && !driven.isInFlight {
            for record in try finalizers(of: driven.record) {
                guard let record, record.state == .failedRetryable,
                    let time = record.nextAt.flatMap(Timestamp.init(iso:)), time > pass.store.now
                else { continue }
                next = min(next ?? time, time)
            }
        }
        return next
    }

    /// Runs the finalizers that are due, and ends those that never will be.
    ///
    /// - Parameter unready: the namespaces of which something is not as the plan has it yet: their
    ///   finalizers wait.
    func finalize(_ rollouts: inout [RolloutDrive.Driven], unready: Set<String>) throws {
        guard rollouts.contains(where: { $0.record.finalizers != nil }) else { return }
        let open = rollouts.flatMap { driven in
            driven.operations.values.filter { !$0.state.isTerminal }.map(\.key.namespace)
        }
        let unready = unready.union(open)
        let runner = pass.hooks.finalizers ?? finalizerRunner
        // The newer ones tell the newer state, so they come last: also where what is older stands
        // still, or goes on in another thread.
        var behind: Set<String> = []
        for place in rollouts.indices {
            guard !pass.hooks.interrupt.isRaised else { return }
            let driven = rollouts[place]
            guard driven.control.standstill == nil, !driven.isInFlight else {
                for record in try finalizers(of: driven.record).compactMap(\.self)
                where !record.state.isTerminal {
                    behind.insert(record.namespace)
                }
                continue
            }
            for record in try finalizers(of: driven.record) {
                guard let record else { continue }
                let keys = driven.record.operationKeys.filter { $0.namespace == record.namespace }
                let states = keys.map { driven.operations[$0]?.state }
                let action = FinalizerMachine.next(
                    record, states, now: pass.store.now, presence: runner.presence)
                switch action {
                case .wait:
                    if !record.state.isTerminal { behind.insert(record.namespace) }
                    continue
                case .end(let state, let reason):
                    var ended = record
                    ended.state = state
                    ended.message = reason
                    if state.isTerminal { ended.endedAt = pass.store.now.iso }
                    try write(ended, of: driven.record.id)
                    if !state.isTerminal { behind.insert(record.namespace) }
                case .run where behind.contains(record.namespace): continue
                case .run where unready.contains(record.namespace): continue
                case .run:
                    let prepared = try runner.prepared(
                        record, try document(record, driven, keys))
                    guard let begun = try begin(record, prepared.process, of: driven.record.id)
                    else { continue }
                    pass.hooks.stage("running the finalizer of \(record.namespace)")
                    pass.hooks.lasting(Double(record.limitSeconds))
                    let (attempt, output) = prepared.run()
                    let after = FinalizerMachine.after(
                        attempt, begun, output: output, now: pass.store.now)
                    try write(after, of: driven.record.id)
                    if !after.state.isTerminal { behind.insert(record.namespace) }
                }
                rollouts[place].noteFinalized()
            }
        }
    }

    private var finalizerRunner: FinalizerRunner {
        FinalizerRunner(
            commands: CommandRunner(purpose: .finalizers, consent: pass.request.operator),
            calls: FinalizerCallRunner(
                fleet: pass.fleet, environment: pass.environment,
                consent: pass.request.operator, pool: context.pool))
    }

    /// Makes durable that the finalizer is about to run; nil where it may not any more.
    private func begin(
        _ record: FinalizerRecord, _ process: ProcessRecord?, of rollout: String
    ) throws(LedgerError) -> FinalizerRecord? {
        var begun = record
        begun.state = .running
        begun.process = process
        begun.startedAt = begun.startedAt ?? pass.store.now.iso
        let event = FinalizerEvent.started(record, of: rollout)
        var isRefused = false
        try pass.store.transact(event) { [begun] draft throws(LedgerError) in
            let path = RecordPath.finalizer(rollout, record.namespace)
            let standstill = try draft.rolloutMark(rollout)?.standstill(of: rollout)
            let present = try draft.read(FinalizerRecord.self, at: path)
            isRefused = standstill != nil || present != record
            if !isRefused {
                isRefused = try isOlderOpen(record.namespace, than: rollout, in: draft)
            }
            guard !isRefused else { return .nothing }
            try draft.setFinalizer(begun, of: rollout)
            return .commit
        }
        return isRefused ? nil : begun
    }

    /// Whether an older rollout has the finalizer, too, and it has not ended: somebody may have
    /// wanted that one again just now.
    private func isOlderOpen(
        _ namespace: String, than rollout: String, in draft: LedgerDraft
    ) throws(LedgerError) -> Bool {
        let number = try draft.readableRollout(rollout)?.number ?? 0
        let open = try pass.store.snapshot()?.list(RecordPath.openFolder) ?? []
        for id in open where id != rollout {
            guard let other = try draft.readableRollout(id), other.number ?? 0 < number,
                other.finalizers?.contains(namespace) == true
            else { continue }
            let finalizers = try draft.finalizers(of: other)
            let isOpen = zip(other.finalizers ?? [], finalizers).contains { name, record in
                name == namespace && record?.state.isTerminal != true
            }
            if isOpen { return true }
        }
        return false
    }

    private func write(_ record: FinalizerRecord, of rollout: String) throws(LedgerError) {
        try pass.store.transact(FinalizerEvent.ended(record, of: rollout)) {
            draft throws(LedgerError) in
            // Somebody took the rollout back while it ran.
            let path = RecordPath.finalizer(rollout, record.namespace)
            guard try draft.read(FinalizerRecord.self, at: path)?.state.isTerminal == false else {
                return .nothing
            }
            try draft.setFinalizer(record, of: rollout)
            return .commit
        }
    }

    private func document(
        _ record: FinalizerRecord, _ driven: RolloutDrive.Driven, _ keys: [OperationKey]
    ) throws(LedgerError) -> FinalizerDocument {
        FinalizerDocument(
            environment: pass.environment.name, namespace: record.namespace,
            rollout: driven.record.id, revision: try revision(of: driven.record),
            attempt: record.attempts + 1,
            operations: keys.map { key in
                .init(
                    shard: key.shard, table: key.object.encoded,
                    state: driven.operations[key]?.state.label ?? "missing")
            })
    }

    /// The commit that the plan of a rollout was made from, which may be older than the one of this
    /// pass; nil for files of a folder. Reads the plan only of a rollout that an earlier plumb
    /// began.
    func revision(of record: RolloutRecord) throws(LedgerError) -> String? {
        if let revision = record.revision { return revision }
        let path = RecordPath.plan(record.plan)
        return try pass.store.snapshot()?.read(Plan.self, at: path)?.revision.commit
    }
}
