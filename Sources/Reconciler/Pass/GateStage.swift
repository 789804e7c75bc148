import Basics
import Desired
import Diff
import Execution
import Ledger
import Model
import Reports
import Schema

/// Stage 6: decides what may run now.
struct GateStage {
    struct Output {
        var decision: Gate.Decision
        /// What may begin, also where others are at it already.
        var mayBegin: Set<OperationKey> = []
        /// Decisions from files of the schema repository that match steps of the plan.
        var newApprovals: [ApprovalRecord]
        var notices: [Notice]
        /// The open rollouts of which the record cannot be read.
        var unread: [UnreadRollout]
        var report: PlanReport
    }

    let pass: PassContext

    func run(
        _ planned: PlanningPass.Result, unsettled: Set<ShardID>,
        atWork: OperationsAtWork
    ) throws -> Output {
        let policy = pass.fleet.policy
        let now = pass.hooks.clock.now
        var notices = planned.notices
        let files = try files(&notices)
        let known = try planned.snapshot?.approvalList(
            about: planned.plan.steps, and: files.map(\.digest))
        let decisions = try FileApprovals(
            files: files, plan: planned.plan, source: pass.followed
        ).records(known: known?.records ?? [])
        notices += decisions.notices
        let waits = planned.plan.steps.contains { policy.approve.contains($0.hazard) }
        if waits, let notice = pass.request.approvals.notice { notices.append(notice) }
        let setup = ApprovalCheckFactory(session: pass.ledgerSession, snapshot: planned.snapshot)
        let approvals = ApprovalIndex(
            // Without a waiting step the approvals are not read.
            records: waits ? decisions.records : [],
            unread: (known?.damaged ?? [:]).mapValues(Self.unread),
            environment: planned.plan.environment,
            check: waits
                ? try setup.check(present: decisions.present)
                : ApprovalCheck(terms: ApprovalTerms(minimum: 1, refusesAuthor: true)))
        let rules = Gate.Rules(
            approve: policy.approve, drift: pass.request.heals ? .revert : policy.drift,
            dropsPerPlan: policy.limits.dropsPerPlan, closed: try closed(planned, now: now))
        var decision = try Gate(rules: rules, approvals: approvals).decide(planned.plan, now: now)
        notices += Self.replaced(decisions.records, in: planned.plan, decision, now: now)
        holdReadOnly(&decision, planned)
        try holdSuspended(&decision, planned, now: now)
        let unread = try planned.snapshot?.unreadRollouts() ?? []
        notices += unread.map { Notice(code: "set-aside", message: $0.words) }
        hold(unread, in: &decision)
        try holdIncomplete(&decision, planned, unsettled, unread)
        if pass.request.backsOff { try backOff(&decision, planned, now: now) }
        let mayBegin = atWork.keys.isEmpty ? [] : Set(decision.ready.map(\.key))
        decision.hold(atWork)
        decision.holdDependentObjects()
        notices += planned.comparison.unfitNames { pass.context.catalog[$0] }
        var lockWaits = pass.context.access.lockWaits
        lockWaits.attempts = policy.rollout.retries.attempts
        let report = try PlanReport(
            planned, decision: decision, approve: policy.approve, notices: notices,
            lockWaits: lockWaits,
            identity: pass.request.approvals.identity)
        return Output(
            decision: decision, mayBegin: mayBegin, newApprovals: decisions.news, notices: notices,
            unread: unread, report: report)
    }

    /// The decisions given by file; files that are not committed are ignored.
    private func files(_ notices: inout [Notice]) throws -> [ApprovalFile] {
        let files = try ApprovalFile.readAll(pass.followed.tree)
        guard pass.followed.commit == nil, !files.isEmpty else { return files }
        notices.append(
            Notice(
                code: "approval-unread",
                message: "\(ApprovalFile.folder)/: files that are not committed authorise "
                    + "nothing"))
        return []
    }

    /// Holds operations on read-only servers: a privileged account could write there, and would
    /// make a replica differ from its primary.
    private func holdReadOnly(_ decision: inout Gate.Decision, _ planned: PlanningPass.Result) {
        let targets = planned.targets
        decision.hold { id in
            guard let target = targets[id], case .known(let known) = planned.observation[id]
            else { return nil }
            return ReadOnlyRefusal(target, known.readOnly).map { .readOnly(reason: $0.reason) }
        }
    }

    private static func unread(_ error: LedgerError) -> String {
        "a decision about it cannot be read (\(error.fault)), and may be a denial"
            + (error.remedy.map { ": \($0)" } ?? "")
    }

    /// Holds what rollouts may still do of which the record cannot be read.
    private func hold(_ rollouts: [UnreadRollout], in decision: inout Gate.Decision) {
        guard !rollouts.isEmpty else { return }
        decision.holdOperations { key in
            rollouts.first { $0.covers(key) }.map { .incomplete(reason: $0.words) }
        }
    }

    /// Holds everything where all shards are required and one of them is not known.
    private func holdIncomplete(
        _ decision: inout Gate.Decision, _ planned: PlanningPass.Result,
        _ unsettled: Set<ShardID>, _ unread: [UnreadRollout]
    ) throws {
        guard pass.request.requiresAll else { return }
        var unknown = unsettled.union(planned.plan.unknown.map(\.shard))
        for rollout in try planned.snapshot?.openRollouts() ?? [] {
            unknown.formUnion(rollout.damaged.keys.map(\.shardID))
        }
        if let rollout = unread.first {
            decision.hold { _ in
                .incomplete(
                    reason: "all shards are required (--require-all), and it is not known how "
                        + "those of rollout \(rollout.id) stand")
            }
        }
        guard let first = unknown.min() else { return }
        let others = unknown.count > 1 ? " and \(Count.of(unknown.count - 1, "other shard"))" : ""
        decision.hold { _ in
            .incomplete(
                reason: "all shards are required (--require-all), and it is not known how "
                    + "\(first)\(others) stands")
        }
    }

    /// Holds operations on what somebody suspended.
    private func holdSuspended(
        _ decision: inout Gate.Decision, _ planned: PlanningPass.Result, now: Timestamp
    ) throws {
        let active = try planned.snapshot?.suspensions().filter { !$0.isOver(at: now) } ?? []
        guard !active.isEmpty else { return }
        decision.hold { id in
            active.first { $0.covers(id) }.map { .suspended(reason: $0.words) }
        }
    }

    /// Holds, in a loop, what failed recently and has not changed since.
    private func backOff(
        _ decision: inout Gate.Decision, _ planned: PlanningPass.Result, now: Timestamp
    ) throws {
        let context = pass.context
        if let retry = try planned.snapshot?.retryRequest() { context.hear(retry) }
        let failures = try context.memory.failures(in: planned.snapshot)
        FailureHolds(
            failures: context.heeded(failures),
            waits: { context.operationBackOff.wait(for: $0, now: now) },
            halts: pass.fleet.policy.rollout.onFailure == .halt, now: now
        ).hold(&decision)
    }

    /// Notices for approvals of steps that have changed since and must be approved again: while the
    /// new step waits for that, and for as long as the old approval might have counted.
    private static func replaced(
        _ records: [ApprovalRecord], in plan: Plan, _ decision: Gate.Decision, now: Timestamp
    ) -> [Notice] {
        let waiting = decision.held.filter { item in
            if case .approval = item.hold { true } else { false }
        }
        guard !waiting.isEmpty else { return [] }
        return records.filter { record in
            let binding = record.binding
            let uses = record.usesByShard()
            let open = Set(
                binding.shards.filter { shard in
                    !record.approvers.allSatisfy {
                        record.isUsedUp($0, on: shard, own: uses[shard] ?? [])
                    }
                })
            let isOver = record.expires.flatMap(Timestamp.init(iso:)).map { $0 <= now } ?? false
            return record.decision == .approve && !isOver
                && waiting.contains {
                    $0.step.namespace == binding.namespace && $0.step.object == binding.object
                        && $0.shards.contains(where: open.contains)
                }
                && ApprovalIndex.fate(of: record, in: plan) == .replaced
        }.map { record in
            let object = record.binding.object.label(in: record.binding.namespace)
            return Notice(
                code: "approval-replaced",
                message: "the step of \(object) changed since approval \(record.digest.short): "
                    + "it must be approved again")
        }
    }

    /// Why nothing may run now; nil where it may.
    private func closed(_ planned: PlanningPass.Result, now: Timestamp) throws -> Gate.Hold? {
        let earlier = EarlierEnvironments(
            names: pass.environment.after.map(\.value), store: pass.store)
        let wanted = planned.desired.revision.commit
        if let reason = try earlier.hold(at: wanted, planned.plan.revision.label) {
            return .environment(reason: reason)
        }
        let windows = pass.fleet.policy.changeWindows
        guard let closed = windows.closed(at: now.date) else { return nil }
        let next = windows.nextOpening(after: now.date)
        let opens = next.map { "opens \(Timestamp($0))" } ?? "never opens"
        return .window(reason: "outside \(closed.name): \(opens)")
    }
}
