import Basics
import Desired
import Diff
import Ledger
import Model
import Reports
import Schema

extension RolloutLedger {
    /// Derives the state of each rollout that the pass went on with from all its operations,
    /// cancels what a halt kept from starting, and says where the environment stands.
    ///
    /// - Returns: the reports of all open rollouts; a rollout in which nothing happened is not
    ///   written.
    func close(
        _ rollouts: [RolloutDrive.Driven], _ closing: Closing
    ) throws -> [RolloutReport] {
        var converged = rollouts.contains(where: \.isInFlight) ? nil : isConverged(closing)
        var reports: [RolloutReport] = []
        for driven in rollouts.reversed() {
            guard driven.isBegun, !driven.isUnmoved || converged != nil else {
                reports.insert(report(driven), at: 0)
                continue
            }
            // The last one that ends carries where the environment stands.
            let reached = converged.map { ($0, closing.planned) }
            reports.insert(try close(driven, reached), at: 0)
            converged = nil
        }
        if let converged { try recordConverged(converged, closing.planned) }
        try recordDivergence(closing)
        return reports
    }

    /// The same for rollouts with which a loop has gone on in other passes: where the environment
    /// stands, the next pass says.
    func close(_ rollouts: [RolloutDrive.Driven]) throws {
        for driven in rollouts where driven.isBegun && !driven.isUnmoved {
            _ = try close(driven, nil)
        }
    }

    /// What is known of a rollout in which nothing happened.
    private func report(_ driven: RolloutDrive.Driven) -> RolloutReport {
        let id = driven.record.id
        if driven.isInFlight, let known = try? LedgerQueries(store: pass.store).rollout(id) {
            return known
        }
        let finalizers = (try? finalizers(of: driven.record)) ?? []
        var report = LedgerQueries.report(
            driven.record, finalizers, environment: pass.environment.name
        ) { .success(driven.operations[$0]) }
        note(driven, in: &report)
        return report
    }

    /// Says what an open rollout waits for.
    private func note(_ driven: RolloutDrive.Driven, in report: inout RolloutReport) {
        report.note(driven, each: pass.fleet.policy.rollout.health?.eachSeconds)
        if driven.next.isRunnable, driven.control.isClosed, let reason = earlier.reason {
            report.say(reason)
        }
    }

    private func close(
        _ driven: RolloutDrive.Driven, _ converged: (String, PlanningPass.Result)?
    ) throws -> RolloutReport {
        let name = pass.environment.name
        var report = RolloutReport(environment: name)
        let id = driven.record.id
        let event = LedgerEvent("rollout-ended", subject: "End rollout \(id)", key: id)
        try pass.store.transact(event) { draft throws(LedgerError) in
            guard var record = try draft.rollout(id) else {
                throw LedgerError(.invalid, "rollouts/\(id): the rollout is gone")
            }
            // Somebody took it back meanwhile, which ended it.
            let wasOver = record.state.isTerminal
            var operations: [OperationKey: OperationRecord] = [:]
            for key in record.operationKeys {
                // What cannot be read stays, and with it the rollout.
                guard !driven.damaged.contains(key), var operation = try draft.operation(id, key)
                else { continue }
                if driven.control.isHalted, !operation.hasBegun {
                    operation.state = .cancelled
                    operation.message = "the rollout halted before it started"
                    try draft.setOperation(operation, of: id)
                }
                operations[key] = operation
            }
            let states = record.operationKeys.map { operations[$0]?.state }
            let finalizers = try draft.finalizers(of: record)
            record.state =
                RolloutState.derive(from: states, rule: record.failureRule)?
                .with(finalizers.map { $0?.state }) ?? record.state
            record.message = driven.control.firstFailure ?? record.message
            if record.state.isTerminal, !wasOver { record.endedAt = pass.store.now.iso }
            if wasOver, converged == nil {
                report = LedgerQueries.report(record, environment: name) {
                    .success(operations[$0])
                }
                return .nothing
            }
            draft.event = Self.closingEvent(record)
            try draft.setRollout(record)
            try draft.settleApprovals(Set(operations.values.compactMap(\.approval)))
            if let converged { try setConverged(converged.0, converged.1, in: &draft) }
            report = LedgerQueries.report(record, finalizers, environment: name) {
                .success(operations[$0])
            }
            return .commit
        }
        note(driven, in: &report)
        for (shard, obstacle) in driven.result.obstacles.sorted(by: { $0.key < $1.key }) {
            let key = OperationKey(shard: shard, object: ObjectName(.table, ""))
            report.troubles.append(
                .init(key: key, state: .pending, message: obstacle.message))
        }
        return report
    }

    static func closingEvent(_ record: RolloutRecord) -> LedgerEvent {
        let kind = record.state.isTerminal ? "rollout-\(record.state.rawValue)" : "rollout-left"
        let verb = record.state.isTerminal ? "End" : "Leave"
        return LedgerEvent(
            kind, subject: "\(verb) rollout \(record.id): \(record.state.rawValue)", key: record.id,
            reason: record.message)
    }

    /// The commit to which the whole environment has converged; nil unless every shard was read and
    /// nothing is left to do.
    private func isConverged(_ closing: Closing) -> String? {
        let plan = closing.planned.plan
        let request = pass.request.scope
        guard request.namespaces == nil, request.shards.isEmpty, plan.unknown.isEmpty,
            plan.unsupported.isEmpty, closing.gated.decision.held.isEmpty,
            closing.planned.rollbacks.recorded.isEmpty, closing.gated.unread.isEmpty
        else { return nil }
        let outcomes = closing.result.outcomes
        guard closing.gated.decision.ready.allSatisfy({ outcomes[$0.key]?.state == .completed })
        else { return nil }
        return closing.planned.desired.revision.commit
    }

    /// Records once that the environment is not as it was when it converged, where a later one
    /// waits for it: something of the commit is to be done again, or an operation failed.
    private func recordDivergence(_ closing: Closing) throws {
        let (plan, outcomes) = (closing.planned.plan, closing.result.outcomes)
        let name = pass.environment.name
        guard pass.fleet.environments.contains(where: { $0.after.contains { $0.value == name } }),
            isConverged(closing) == nil,
            let known = try closing.planned.snapshot?.environmentRecord(),
            let commit = known.convergedRevision, known.divergence == nil
        else { return }
        let failure = outcomes.filter { $0.value.kind == .failed }.min { $0.key < $1.key }
        let differs = plan.revision.commit == commit ? plan.steps.first : nil
        let reason =
            if let failure {
                OperationOutcome.failure(of: failure.key, failure.value.message)
            } else if let differs {
                "\(differs.object.label(in: differs.namespace)) differs from git on "
                    + "\(Count.of(differs.shards.count, "shard"))"
            } else {
                ""
            }
        guard !reason.isEmpty else { return }
        let event = LedgerEvent(
            "diverged", subject: "No more as converged at \(commit.prefix(7))", key: commit,
            reason: reason)
        let divergence = EnvironmentRecord.Divergence(reason: reason, at: pass.store.now.iso)
        try pass.store.transact(event) { draft throws(LedgerError) in
            guard var record = try draft.environmentRecord(), record.convergedRevision == commit,
                record.divergence == nil
            else { return .nothing }
            record.divergence = divergence
            try draft.set(RecordPath.environment, json: record)
            return .commit
        }
    }

    private func recordConverged(_ revision: String, _ planned: PlanningPass.Result) throws {
        let record = try pass.store.snapshot()?.environmentRecord()
        let hasNewcomers = planned.desired.shards.contains { shard in
            planned.recorded[shard.id].map { $0.revision == nil } ?? false
        }
        guard record?.convergedRevision != revision || hasNewcomers || record?.divergence != nil
        else { return }
        let event = LedgerEvent(
            "converged", subject: "Converged at \(revision.prefix(7))", key: revision)
        try pass.store.transact(event) { draft throws(LedgerError) in
            try setConverged(revision, planned, in: &draft)
            return .commit
        }
    }

    private func setConverged(
        _ revision: String, _ planned: PlanningPass.Result, in draft: inout LedgerDraft
    ) throws(LedgerError) {
        for shard in planned.desired.shards where planned.recorded[shard.id]?.revision == nil {
            try draft.setFirstRevision(of: shard.id, revision)
        }
        var record = try draft.environmentRecord() ?? EnvironmentRecord()
        record.convergedRevision = revision
        record.convergedAt = pass.store.now.iso
        record.divergence = nil
        try draft.set(RecordPath.environment, json: record)
    }
}

extension RolloutReport {
    /// What an open rollout waits for.
    ///
    /// - Parameter seconds: how often a wave is asked how it is; nil where it is not.
    fileprivate mutating func note(_ driven: RolloutDrive.Driven, each seconds: Int?) {
        if let standstill = driven.control.standstill {
            stand(standstill)
        } else {
            due = .init(driven.next, of: driven.record)
            due?.question = seconds.flatMap { driven.nextQuestion(each: $0)?.iso }
            wait(driven.next, of: driven.record)
        }
    }
}
