import Basics
import Diff
import Model
import Schema

/// Decides which operations of a plan may run now, and why the others may not.
///
/// A pure function of the plan, the decisions and the policy, so that text, JSON and exit status
/// always agree.
package struct Gate: Sendable {
    /// The policy, in the terms of `plumb.yaml`.
    package struct Rules: Sendable {
        /// The hazards that need an approval.
        package var approve: Set<Hazard>
        /// What is done about drift.
        package var drift: DriftPolicy
        /// The most tables that one plan may drop; nil for no limit.
        package var dropsPerPlan: Int?
        /// Set when nothing may run now: outside the change window, or before an earlier
        /// environment has converged.
        package var closed: Hold?

        package init(
            approve: Set<Hazard>, drift: DriftPolicy, dropsPerPlan: Int? = nil, closed: Hold? = nil
        ) {
            self.approve = approve
            self.drift = drift
            self.dropsPerPlan = dropsPerPlan
            self.closed = closed
        }
    }

    /// Why an operation does not run now.
    package enum Hold: Hashable, Sendable {
        /// It waits for an approval of this digest.
        case approval(Digest, reason: String)
        case denied(Digest, reason: String)
        /// It is drift that policy only reports.
        case drift
        case window(reason: String)
        case environment(reason: String)
        /// Another step of the shard must run first, and is held.
        case behind(reason: String)
        /// It failed recently, and the loop waits before it tries again.
        case backOff(reason: String)
        /// Rows are known that would make one of its statements fail, so none is started.
        case rows(reason: String)
        /// Its server is read-only, and the fleet file does not allow changes to it.
        case readOnly(reason: String)
        /// Somebody suspended its shard or namespace.
        case suspended(reason: String)
        /// What an earlier pass of the loop began goes on.
        case atWork(reason: String)
        /// All shards are required, and one of them is not known.
        case incomplete(reason: String)
        /// Policy does not allow it, and an approval would not change that.
        case refused(reason: String)
    }

    /// One operation that may run now.
    package struct Ready: Hashable, Sendable {
        package let step: PlanStep
        /// The name of the shard.
        package let shard: String
        /// The approval that it will use up; nil where it needs none.
        package let approval: Digest?
        /// Until when that approval is valid.
        package var approvedUntil: Timestamp?

        package var key: OperationKey {
            OperationKey(
                shard: ShardID(namespace: step.namespace, shard: shard), object: step.object)
        }
    }

    /// A step that does not run now on some of its shards.
    package struct Held: Hashable, Sendable {
        package let step: PlanStep
        /// The names of the shards on which it is held.
        package let shards: [String]
        package let hold: Hold
    }

    /// Every operation of a plan, divided into those that may run and those that may not.
    package struct Decision: Sendable {
        package var ready: [Ready] = []
        package var held: [Held] = []
    }

    private let rules: Rules
    private let approvals: ApprovalIndex

    package init(rules: Rules, approvals: ApprovalIndex) {
        self.rules = rules
        self.approvals = approvals
    }

    /// Decides about every operation of `plan` at the time `now`.
    package func decide(_ plan: Plan, now: Timestamp) throws -> Decision {
        var decision = Decision()
        // What a rollback drops, somebody asked for.
        let drops = plan.steps.reduce(0) { $0 + ($1.cause.rollback == nil ? $1.dropCount : 0) }
        for step in plan.steps {
            let own = try ApprovalBinding(environment: plan.environment, step: step).digest()
            // Reading them costs, and only a class that waits for approval asks.
            let decisions =
                rules.approve.contains(step.hazard)
                ? approvals.decisions(about: step, now: now) : nil
            var held: [Hold: [String]] = [:]
            for shard in step.shards {
                let (hold, approval) = hold(
                    step, shard: shard, binding: own, drops: drops, decisions: decisions)
                if let hold {
                    held[hold, default: []].append(shard)
                } else {
                    let until = approval.flatMap {
                        decisions?.end(of: $0, on: shard)
                    }
                    decision.ready.append(
                        Ready(step: step, shard: shard, approval: approval, approvedUntil: until))
                }
            }
            for (hold, shards) in held.sorted(by: {
                ($0.value.first ?? "") < ($1.value.first ?? "")
            }) {
                decision.held.append(Held(step: step, shards: shards, hold: hold))
            }
        }
        return decision
    }

    /// Why an operation does not run, or the approval with which it does.
    private func hold(
        _ step: PlanStep, shard: String, binding: Digest, drops: Int, decisions: StepApprovals?
    ) -> (Hold?, Digest?) {
        if step.cause.kind == .liveChanged, !heals(step) { return (.drift, nil) }
        let isRollback = step.cause.rollback != nil
        if step.dropCount > 0, !isRollback, let limit = rules.dropsPerPlan, drops > limit {
            let reason =
                "the plan drops \(drops) tables, policy.limits.drops_per_plan allows \(limit): "
                + "retire fewer tables at a time, or raise the limit"
            return (.refused(reason: reason), nil)
        }
        if let reason = rowsInTheWay(of: step, on: shard) { return (.rows(reason: reason), nil) }
        var approval: Digest?
        if let decisions {
            if let unread = decisions.unread { return (.incomplete(reason: unread), nil) }
            switch decisions.verdict(on: shard) {
            case .approved(let digest): approval = digest
            case .waiting(let reason): return (.approval(binding, reason: reason), nil)
            case .denied(let digest, let reason): return (.denied(digest, reason: reason), nil)
            }
        }
        if let closed = rules.closed {
            // A change is taken back where it did harm, whatever earlier environments have.
            guard case .environment = closed, isRollback else { return (closed, nil) }
        }
        return (nil, approval)
    }

    /// Why a step over several tables may not start: rows are known that would make one of its
    /// statements fail, and those before it would stay, with foreign keys missing.
    private func rowsInTheWay(of step: PlanStep, on shard: String) -> String? {
        guard step.isGroup else { return nil }
        let found = step.findings.first { finding in
            finding.refusingQuestion != nil && finding.probe?.inTheWay.contains(shard) == true
        }
        guard let found, let question = found.refusingQuestion else { return nil }
        return "\(question.sought): \(found.reason), so none of the statements is started; "
            + "look at them with \(question.look)"
    }

    private func heals(_ step: PlanStep) -> Bool {
        switch rules.drift {
        case .report: false
        case .additive: step.findings.allSatisfy { $0.hazard == .safe } && step.kind != .drop
        case .revert: true
        }
    }
}

extension Gate.Hold {
    /// What it means for the exit status.
    package var outcome: Outcome {
        switch self {
        case .approval: .awaitsApproval
        case .denied: .denied
        case .drift: .driftLeft
        case .window: .outsideWindow
        case .environment: .behindEnvironment
        case .behind: .behindStep
        case .backOff: .backingOff
        case .rows: .rowsInTheWay
        case .readOnly: .readOnly
        case .suspended: .suspended
        case .atWork: .operationAtWork
        case .incomplete: .shardUnknown
        case .refused: .refusedByPolicy
        }
    }

    /// Whether it lasts until somebody decides otherwise, and not only for a while.
    package var isRefusal: Bool {
        switch self {
        case .denied, .drift, .refused: true
        case .approval, .window, .environment, .behind, .backOff, .rows, .readOnly, .suspended,
            .atWork, .incomplete:
            false
        }
    }

    /// The stable name of the hold in JSON.
    package var code: String {
        switch self {
        case .approval: "approval"
        case .denied: "denied"
        case .drift: "drift"
        case .window: "window"
        case .environment: "environment"
        case .behind: "behind"
        case .backOff: "back-off"
        case .rows: "rows"
        case .readOnly: "read-only"
        case .suspended: "suspended"
        case .atWork: "at-work"
        case .incomplete: "incomplete"
        case .refused: "refused"
        }
    }

    /// Why the operation does not run, as a sentence for people.
    package var reason: String {
        switch self {
        case .approval(_, let reason), .window(let reason), .environment(let reason),
            .behind(let reason), .backOff(let reason), .rows(let reason), .readOnly(let reason),
            .suspended(let reason), .atWork(let reason), .incomplete(let reason),
            .refused(let reason):
            reason
        case .denied(let digest, let reason):
            "denied (\(digest.short))" + (reason.isEmpty ? "" : ": \(reason)")
        case .drift: "drift is reported, not corrected (policy.drift, or --heal)"
        }
    }
}
