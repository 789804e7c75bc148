import Desired
import Diff
import Execution
import Ledger
import Schema

/// Opens and closes rollouts in the ledger: one commit before the first operation, one after the
/// last.
struct RolloutBook {
    let session: Session
    let engine: Engine

    /// A rollout that is ready to run.
    struct Rollout {
        var record: RolloutRecord
        var waves: [RolloutRunner.Wave]
        /// True where an earlier run had begun it.
        var isResumed: Bool
    }

    struct Opened {
        /// Nil when nothing is to be done.
        var rollout: Rollout?
        /// Tables that were live as git says and are recorded now.
        var adopted: Int
    }

    struct Closing {
        var survey: Survey.Result
        var gated: GateStage.Output
        var result: RolloutRunner.Result
        var isHalted: Bool
        var firstFailure: String?
    }

    // MARK: Before

    /// Records the plan, what was learnt, the decisions given by file, the tables that are in
    /// sync already, and the rollout with all its operations.
    func open(
        _ survey: Survey.Result, _ gated: GateStage.Output, ready: [Gate.Ready]
    ) throws -> Opened {
        let store = session.store
        let previous = try unfinished(survey.snapshot)
        let resumed = previous.flatMap {
            RolloutAdoption(record: $0.record, operations: $0.operations)
                .adopts(ready) ? $0.record : nil
        }
        let rollout =
            try ready.isEmpty
            ? nil : (resumed.map { self.rollout($0, ready, survey) } ?? newRollout(ready, survey))
        let adoption = Adoption(survey: survey, now: store.now)
        // What is recorded must be known by its text too: it may be written otherwise than git.
        engine.knowledge.keep(adoption.digests)
        let planDigest = gated.report.digest
        let isNewPlan = try latestPlan(survey.snapshot) != planDigest
        let hasNews =
            isNewPlan || rollout != nil || !adoption.records.isEmpty
            || !gated.newApprovals.isEmpty || engine.knowledge.hasNews
            || (previous != nil && resumed == nil)
        guard hasNews else { return Opened(rollout: nil, adopted: 0) }
        let event = Self.openingEvent(rollout, plan: survey.plan, planDigest)
        try store.transact(event) { draft throws(LedgerError) in
            try draft.set(RecordPath.plan(planDigest), json: survey.plan)
            try engine.knowledge.save(into: &draft)
            for approval in gated.newApprovals {
                try draft.set(RecordPath.approval(approval.digest), json: approval)
            }
            for (id, record) in adoption.records {
                try draft.set(RecordPath.shard(id), json: record)
            }
            if let previous, resumed == nil { try supersede(previous, in: &draft) }
            var environment =
                try draft.read(
                    EnvironmentRecord.self, at: RecordPath.environment) ?? EnvironmentRecord()
            environment.latestPlan = planDigest
            if let rollout {
                environment.latestRollout = rollout.record.id
                try write(rollout, ready: ready, in: &draft)
            }
            try draft.set(RecordPath.environment, json: environment)
            return .commit
        }
        engine.knowledge.saved()
        return Opened(rollout: rollout, adopted: adoption.tableCount)
    }

    private static func openingEvent(
        _ rollout: Rollout?, plan: Plan, _ digest: Digest
    ) -> LedgerEvent {
        guard let rollout else {
            return LedgerEvent(
                "planned", subject: "Plan \(digest.short) at \(plan.revision.label)",
                key: digest.hex)
        }
        let kind = rollout.isResumed ? "rollout-resumed" : "rollout-started"
        let verb = rollout.isResumed ? "Resume" : "Start"
        return LedgerEvent(
            kind, subject: "\(verb) rollout \(rollout.record.id) of plan \(digest.short)",
            key: rollout.record.id)
    }

    private func latestPlan(_ snapshot: LedgerSnapshot?) throws(LedgerError) -> Digest? {
        try snapshot?.read(EnvironmentRecord.self, at: RecordPath.environment)?.latestPlan
    }

    /// The latest rollout with its operations, if it has not ended.
    private func unfinished(
        _ snapshot: LedgerSnapshot?
    ) throws(LedgerError) -> (record: RolloutRecord, operations: [OperationRecord])? {
        guard let snapshot,
            let id = try snapshot.read(
                EnvironmentRecord.self, at: RecordPath.environment)?.latestRollout,
            let record = try snapshot.read(RolloutRecord.self, at: RecordPath.rollout(id)),
            !record.state.isTerminal
        else { return nil }
        var operations: [OperationRecord] = []
        for key in record.operationKeys {
            let path = RecordPath.operation(id, key)
            if let operation = try snapshot.read(OperationRecord.self, at: path) {
                operations.append(operation)
            }
        }
        return (record, operations)
    }

    private func newRollout(_ ready: [Gate.Ready], _ survey: Survey.Result) throws -> Rollout {
        let now = session.store.now
        let plan = try survey.plan.digest()
        let seed = "\(plan.hex) \(now.iso) \(UInt64.random(in: 0...UInt64.max))"
        let wanted = Set(ready.map(\.key.shardID))
        let shards = survey.shards.map(\.id).filter(wanted.contains)
        let policy = session.fleet.policy.rollout
        let cuts = Waves.cut(shards, into: policy.waves)
        let byShard = Dictionary(grouping: ready, by: \.key.shardID)
        let record = RolloutRecord(
            id: String(Digest(of: seed).hex.prefix(12)), plan: plan,
            policy: policy.onFailure == .halt ? .halt : .continue,
            waves: cuts.map { cut in
                cut.shards.flatMap { (byShard[$0] ?? []).sorted(by: Self.inOrder).map(\.key) }
            },
            bakeSeconds: cuts.map(\.bakeSeconds), startedAt: now.iso,
            actor: session.request.actor.name)
        return rollout(record, ready, survey, isResumed: false)
    }

    /// The rollout with the operations that are ready, in its own waves.
    private func rollout(
        _ record: RolloutRecord, _ ready: [Gate.Ready], _ survey: Survey.Result,
        isResumed: Bool = true
    ) -> Rollout {
        let byKey = Dictionary(ready.map { ($0.key, $0) }) { first, _ in first }
        let targets = survey.targets
        let startedAt = session.store.now.iso
        let waves = zip(record.waves, record.bakeSeconds).map { keys, bake in
            let works = Dictionary(grouping: keys.compactMap { byKey[$0] }, by: \.key.shardID)
            let order = keys.map(\.shardID).reduce(into: [ShardID]()) { list, id in
                if list.last != id { list.append(id) }
            }
            let work = order.compactMap { shard -> RolloutRunner.ShardWork? in
                guard let own = works[shard], let target = targets[shard] else { return nil }
                return RolloutRunner.ShardWork(
                    shard: shard, server: target.server,
                    records: own.sorted(by: Self.inOrder).map {
                        pending($0, rollout: record.id, startedAt)
                    })
            }
            return RolloutRunner.Wave(work: work, bakeSeconds: Int64(bake))
        }
        return Rollout(
            record: record, waves: waves.filter { !$0.work.isEmpty }, isResumed: isResumed)
    }

    private static func inOrder(_ left: Gate.Ready, _ right: Gate.Ready) -> Bool {
        (left.step.order, left.step.table) < (right.step.order, right.step.table)
    }

    private func pending(
        _ ready: Gate.Ready, rollout: String, _ startedAt: String
    ) -> PendingRecord {
        // The record is about one shard: it does not carry the names of all the others.
        var step = ready.step
        step.shards = [ready.shard]
        for place in step.findings.indices { step.findings[place].probe?.take([:]) }
        var record = PendingRecord(
            rollout: rollout, key: ready.key, step: step, approval: ready.approval,
            startedAt: startedAt, actor: session.request.actor.name)
        record.approvedUntil = ready.approvedUntil?.iso
        record.revision = session.source.commit?.id.hex
        return record
    }

    private func write(
        _ rollout: Rollout, ready: [Gate.Ready], in draft: inout LedgerDraft
    ) throws(LedgerError) {
        var record = rollout.record
        record.state = .running
        try draft.set(RecordPath.rollout(record.id), json: record)
        guard !rollout.isResumed else { return }
        for item in ready {
            let operation = OperationRecord(
                key: item.key, from: item.step.from, to: item.step.to, approval: item.approval)
            try draft.set(RecordPath.operation(record.id, item.key), json: operation)
        }
    }

    /// Ends a rollout that the new plan leaves behind.
    private func supersede(
        _ previous: (record: RolloutRecord, operations: [OperationRecord]),
        in draft: inout LedgerDraft
    ) throws(LedgerError) {
        var states: [OperationState?] = []
        for operation in previous.operations {
            var operation = operation
            // What may have run is settled by its pending record, and by nothing else.
            let path = RecordPath.pending(operation.key)
            if operation.state.isActive, try draft.read(path) != nil {
                states.append(.superseded)
                continue
            }
            if !operation.state.isTerminal {
                operation.state = .superseded
                operation.message = "a newer plan took its place"
                operation.endedAt = session.store.now.iso
                try draft.set(
                    RecordPath.operation(previous.record.id, operation.key), json: operation)
            }
            states.append(operation.state)
        }
        var record = previous.record
        record.state = RolloutState.derive(from: states, policy: record.policy) ?? record.state
        record.endedAt = session.store.now.iso
        try draft.set(RecordPath.rollout(record.id), json: record)
    }

    // MARK: After

    /// Derives the rollout's state from all its operations, cancels what a halt kept from
    /// starting, and says where the environment stands.
    func close(_ opened: Opened, _ closing: Closing) throws -> RolloutReport {
        let name = session.environment.name
        let converged = isConverged(closing)
        guard let rollout = opened.rollout else {
            if let revision = converged { try recordConverged(revision, closing.survey) }
            return RolloutReport(environment: name)
        }
        var report = RolloutReport(environment: name)
        let id = rollout.record.id
        let event = LedgerEvent("rollout-ended", subject: "End rollout \(id)", key: id)
        try session.store.transact(event) { draft throws(LedgerError) in
            guard var record = try draft.read(RolloutRecord.self, at: RecordPath.rollout(id)) else {
                throw LedgerError(.invalid, "rollouts/\(id): the rollout is gone")
            }
            var operations: [OperationKey: OperationRecord] = [:]
            for key in record.operationKeys {
                let path = RecordPath.operation(id, key)
                guard var operation = try draft.read(OperationRecord.self, at: path) else {
                    continue
                }
                if closing.isHalted, operation.state == .pending {
                    operation.state = .cancelled
                    operation.message = "the rollout halted before it started"
                    try draft.set(path, json: operation)
                }
                operations[key] = operation
            }
            let states = record.operationKeys.map { operations[$0]?.state }
            record.state = RolloutState.derive(from: states, policy: record.policy) ?? record.state
            record.message = closing.firstFailure ?? record.message
            if record.state.isTerminal { record.endedAt = session.store.now.iso }
            draft.event = Self.closingEvent(record)
            try draft.set(RecordPath.rollout(id), json: record)
            if let converged { try setConverged(converged, closing.survey, in: &draft) }
            report = LedgerQueries.report(record, environment: name) {
                .success(operations[$0])
            }
            return .commit
        }
        for (shard, obstacle) in closing.result.obstacles.sorted(by: { $0.key < $1.key }) {
            let key = OperationKey(shard: shard, table: "")
            report.troubles.append(
                .init(key: key, state: .pending, message: obstacle.message))
        }
        return report
    }

    private static func closingEvent(_ record: RolloutRecord) -> LedgerEvent {
        let kind = record.state.isTerminal ? "rollout-\(record.state.rawValue)" : "rollout-paused"
        let verb = record.state.isTerminal ? "End" : "Leave"
        return LedgerEvent(
            kind, subject: "\(verb) rollout \(record.id): \(record.state.rawValue)", key: record.id,
            reason: record.message)
    }

    /// The commit at which the whole environment stands now; nil unless every shard was seen and
    /// nothing is left to do.
    private func isConverged(_ closing: Closing) -> String? {
        let plan = closing.survey.plan
        let request = session.request.scope
        guard request.namespaces == nil, request.shards.isEmpty, plan.unknown.isEmpty,
            plan.unsupported.isEmpty, closing.gated.decision.held.isEmpty
        else { return nil }
        let done = closing.result.outcomes.values.filter { $0.state == .completed }.count
        guard done == closing.gated.decision.ready.count else { return nil }
        return closing.survey.desired.revision.commit
    }

    private func recordConverged(_ revision: String, _ survey: Survey.Result) throws {
        let snapshot = try session.store.snapshot()
        let record = try snapshot?.read(EnvironmentRecord.self, at: RecordPath.environment)
        let hasNewcomers = survey.desired.shards.contains { shard in
            survey.recorded[shard.id].map { $0.revision == nil } ?? false
        }
        guard record?.convergedRevision != revision || hasNewcomers else { return }
        let event = LedgerEvent(
            "converged", subject: "Converged at \(revision.prefix(7))", key: revision)
        try session.store.transact(event) { draft throws(LedgerError) in
            try setConverged(revision, survey, in: &draft)
            return .commit
        }
    }

    private func setConverged(
        _ revision: String, _ survey: Survey.Result, in draft: inout LedgerDraft
    ) throws(LedgerError) {
        for shard in survey.desired.shards where survey.recorded[shard.id]?.revision == nil {
            let path = RecordPath.shard(shard.id)
            guard var record = try draft.read(ShardRecord.self, at: path), record.revision == nil
            else { continue }
            record.revision = revision
            try draft.set(path, json: record)
        }
        var record =
            try draft.read(
                EnvironmentRecord.self, at: RecordPath.environment) ?? EnvironmentRecord()
        record.convergedRevision = revision
        record.convergedAt = session.store.now.iso
        try draft.set(RecordPath.environment, json: record)
    }
}

/// Whether an unfinished rollout can go on with what is ready now.
struct RolloutAdoption {
    let record: RolloutRecord
    let operations: [OperationRecord]

    /// True where everything that is ready is an operation of the rollout that has not ended and
    /// still goes from the same digest to the same digest, and the rollout has nothing else left.
    func adopts(_ ready: [Gate.Ready]) -> Bool {
        guard operations.count == record.operationKeys.count else { return false }
        let open = operations.filter { !$0.state.isTerminal }
        guard !ready.isEmpty, open.count == ready.count else { return false }
        let byKey = Dictionary(open.map { ($0.key, $0) }) { first, _ in first }
        return ready.allSatisfy { item in
            guard let operation = byKey[item.key] else { return false }
            return operation.from == item.step.from && operation.to == item.step.to
        }
    }
}

/// The shards whose record does not say yet what is true: live equals git.
struct Adoption {
    private(set) var records: [ShardID: ShardRecord] = [:]
    private(set) var tableCount = 0
    /// The tables that are recorded anew.
    private(set) var digests: Set<Digest> = []

    init(survey: Survey.Result, now: Timestamp) {
        let revision = survey.desired.revision.commit
        for shards in survey.comparison.classes {
            let namespace = survey.comparison.schemas[shards.schema].namespace
            let missing = shards.tables.filter {
                $0.status == .inSync && $0.observed != nil && $0.recorded != $0.adopted
            }
            let gone = Set(shards.recorded?.keys.map { $0 } ?? []).subtracting(
                shards.tables.flatMap { [$0.table, $0.renamedFrom ?? $0.table] })
            guard !missing.isEmpty || !gone.isEmpty else { continue }
            digests.formUnion(missing.compactMap(\.adopted))
            let isWhole = shards.tables.allSatisfy {
                $0.status == .inSync || $0.status == .unmanaged
            }
            for shard in shards.shards {
                let id = ShardID(namespace: namespace, shard: shard)
                var record = survey.recorded[id] ?? ShardRecord(since: now.iso)
                for state in missing { record.tables[state.table] = state.adopted }
                // In neither git nor live: nobody needs the memory of it.
                for table in gone { record.tables[table] = nil }
                if isWhole { record.revision = revision }
                record.since = now.iso
                records[id] = record
                tableCount += missing.count
            }
        }
        // One table must not stay under two names.
        for id in survey.respelled where records[id] == nil { records[id] = survey.recorded[id] }
        digests.formUnion(survey.respelled.flatMap { records[$0]?.tables.values.map { $0 } ?? [] })
    }
}

extension Comparison.TableState {
    /// What is recorded of a table in sync: a table as it is; anything else as git has it, which
    /// may leave the definer to the server.
    fileprivate var adopted: Digest? {
        ObjectName(encoded: table).kind == .table ? observed : desired
    }
}
