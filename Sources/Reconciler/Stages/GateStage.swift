import Desired
import Diff
import Execution
import Ledger
import Schema

/// Stage 6: what may run now.
struct GateStage {
    struct Output {
        var decision: Gate.Decision
        /// Decisions that came as files of the schema repository and belong to steps of the plan.
        var newApprovals: [ApprovalRecord]
        var notices: [Notice]
        var report: PlanReport
    }

    let session: Session

    func run(_ survey: Survey.Result) throws -> Output {
        let policy = session.fleet.policy
        let now = session.surroundings.clock.now
        var notices = survey.notices
        var records =
            try survey.snapshot.map { (snapshot) throws(LedgerError) in
                try LedgerQueries.approvals(in: snapshot)
            } ?? []
        let files = try ApprovalFile.readAll(session.source.tree)
        let fromFiles = try FileApprovals(
            files: files, plan: survey.plan, source: session.source
        ).records(known: records)
        notices += fromFiles.notices
        records = fromFiles.merged(into: records)
        notices += Self.replaced(records, in: survey.plan)
        let book = ApprovalBook(
            records: records, environment: survey.plan.environment,
            minimum: policy.approvers.minimum, refusesAuthor: policy.approvers.notAuthor)
        let rules = Gate.Rules(
            approve: policy.approve, drift: drift(policy.drift),
            dropsPerPlan: policy.limits.dropsPerPlan, closed: try closed(survey, now: now))
        var decision = try Gate(rules: rules, book: book).decide(survey.plan, now: now)
        if session.request.backsOff { backOff(&decision, now: now) }
        notices += survey.comparison.unfitNames { session.engine.catalog[$0] }
        let report = try PlanReport(
            survey, decision: decision, approve: policy.approve, notices: notices,
            lockWaits: session.environment.connection.lockWaits)
        return Output(
            decision: decision, newApprovals: fromFiles.records, notices: notices, report: report)
    }

    /// Holds what failed a moment ago and is still the same operation.
    private func backOff(_ decision: inout Gate.Decision, now: Timestamp) {
        var ready: [Gate.Ready] = []
        for item in decision.ready {
            guard let time = session.engine.operationBackOff.wait(for: item.target, now: now) else {
                ready.append(item)
                continue
            }
            let hold = Gate.Hold.backOff(reason: "it failed: tried again at \(time)")
            decision.held.append(Gate.Held(step: item.step, shards: [item.shard], hold: hold))
        }
        decision.ready = ready
    }

    private func drift(_ policy: DriftPolicy) -> Gate.DriftPolicy {
        if session.request.heals { return .revert }
        switch policy {
        case .report: return .report
        case .additive: return .additive
        case .revert: return .revert
        }
    }

    /// Decisions that a changed step left behind: it is asked again.
    private static func replaced(_ records: [ApprovalRecord], in plan: Plan) -> [Notice] {
        records.filter { record in
            record.decision == .approve && record.consumed.count < record.binding.shards.count
                && ApprovalBook.standing(of: record, in: plan) == .replaced
        }.map { record in
            let table = ObjectName.label(
                record.binding.table, in: record.binding.namespace)
            return Notice(
                code: "approval-replaced",
                message: "the step of \(table) changed since approval \(record.digest.short): "
                    + "it must be approved again")
        }
    }

    /// Why nothing may run now, if so.
    private func closed(_ survey: Survey.Result, now: Timestamp) throws -> Gate.Hold? {
        for name in session.environment.after.map(\.value) {
            let snapshot = try session.store.ledger.snapshot(name)
            let record = try snapshot?.read(EnvironmentRecord.self, at: RecordPath.environment)
            let wanted = survey.desired.revision.commit
            guard let wanted, record?.convergedRevision == wanted else {
                return .environment(
                    reason: "after: the environment `\(name)` has not converged at "
                        + "\(survey.plan.revision.label) yet")
            }
        }
        let windows = session.fleet.policy.windows
        guard !windows.isEmpty, !windows.contains(where: { $0.isOpen(at: now.date) }) else {
            return nil
        }
        let next = windows.compactMap { $0.nextOpening(after: now.date) }.min()
        let opens = next.map { "opens \(Timestamp($0))" } ?? "never opens"
        return .window(reason: "outside policy.windows: \(opens)")
    }
}
