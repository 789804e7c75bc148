import Diff
import Model
import Reports
import Schema

extension PlanReport {
    /// The report of a plan and the gate's decision about it.
    init(
        _ planned: PlanningPass.Result, decision: Gate.Decision, approve: Set<Hazard>,
        notices: [Notice],
        lockWaits: LockWaits, identity: ApprovalIdentity
    ) throws {
        let plan = planned.plan
        var steps: [StepReport] = []
        let held = Dictionary(grouping: decision.held, by: \.step)
        for step in plan.steps {
            let binding = ApprovalBinding(environment: plan.environment, step: step)
            steps.append(
                StepReport(
                    step: step, approval: try binding.digest(),
                    needsApproval: approve.contains(step.hazard),
                    holds: (held[step] ?? []).map {
                        HoldReport(code: $0.hold.code, reason: $0.hold.reason, shards: $0.shards)
                    }))
        }
        // A table that a rename hint cannot rename has its remedy in its own reason.
        let blocked = Set(
            planned.comparison.variants.flatMap { variant in
                variant.renames.blocked.map { hint in
                    Place(
                        namespace: planned.comparison.schemas[variant.schema].namespace,
                        object: ObjectName(.table, hint.hint.from))
                }
            })
        let dropped = Set(
            plan.steps.flatMap { step in
                step.tables.filter { $0.to == nil }
                    .map { Place(namespace: step.namespace, object: $0.object) }
            })
        let retired = planned.comparison.findings(lookup: { _ in nil }, locate: { _, _ in nil })
            .filter { finding in
                finding.status == .retired
                    && !blocked.contains(
                        Place(namespace: finding.namespace, object: finding.object))
                    && !dropped.contains(
                        Place(namespace: finding.namespace, object: finding.object))
            }
        let left = retired.map { finding in
            Notice(
                code: PlanReport.leftGit,
                message:
                    "\(finding.namespace).\(finding.object.encoded) was removed from git and is still "
                    + "live on \(Count.of(finding.shards.count, "shard")): put it back, or name it in "
                    + "`retire` to drop it")
        }
        self.init(
            plan: plan, digest: try plan.digest(), steps: steps, stale: planned.source.stale,
            notices: notices + left, lockWaits: lockWaits,
            approvalsAreSigned: identity == .signed, approvalsAreTaken: identity == .server,
            exitStatus: Self.status(plan, decision, leftGit: !retired.isEmpty))
    }

    private struct Place: Hashable {
        let namespace: String
        let object: ObjectName
    }

    private static func status(
        _ plan: Plan, _ decision: Gate.Decision, leftGit: Bool
    ) -> ExitStatus {
        var outcomes = decision.held.map(\.hold.outcome)
        if !plan.steps.isEmpty { outcomes.append(.changesPlanned) }
        if leftGit { outcomes.append(.leftGit) }
        if !plan.unsupported.isEmpty { outcomes.append(.unsupported) }
        if !plan.unknown.isEmpty { outcomes.append(.shardUnknown) }
        return ExitStatus(outcomes)
    }
}
