import Diff
import Model
import Reports
import Schema

extension Sample {
    /// A name that tries everything: colours, markup, a line of its own, and right-to-left.
    static let hostileName =
        "x\u{1B}[31m\n`|*<script>alert('\"&')</script>--> @all #1 \u{202E}]]>"

    static func hostile(
        exit: ExitStatus, _ hostileName: String = Sample.hostileName
    ) -> PlanReport {
        var step = drop
        step.namespace = hostileName
        step.object = ObjectName(encoded: hostileName)
        step.shards = [hostileName]
        step.statements = [PlanStatement(sql: "DROP TABLE `\(hostileName)`", after: nil)]
        step.differences = [PlanDifference(text: "- table \(hostileName)")]
        step.findings = [
            HazardFinding(rule: .dropTable, hazard: .irreversible, reason: hostileName)
        ]
        step.suggestion = hostileName
        step.cause = PlanCause(
            kind: .git, commit: hostileName, author: hostileName,
            location: SourceLocation(file: hostileName, line: 3, column: 1))
        let shard = ShardID(namespace: hostileName, shard: hostileName)
        let plan = Plan(
            environment: hostileName,
            revision: PlanRevision(
                commit: "3f2a91c0", reference: hostileName, summary: hostileName),
            steps: [step],
            unknown: [UnknownShard(shard: shard, code: "unreachable", reason: hostileName)],
            unsupported: [
                UnsupportedTable(
                    namespace: hostileName, object: ObjectName(encoded: hostileName),
                    shards: [hostileName], reason: hostileName)
            ], shardCount: 2)
        return PlanReport(
            plan: plan, digest: digest("plan"),
            steps: [
                .init(
                    step: step, approval: digest("a"), needsApproval: true,
                    holds: [.init(code: "drift", reason: hostileName, shards: [hostileName])])
            ], stale: hostileName, notices: [Notice(code: "x", message: hostileName)],
            exitStatus: exit)
    }

    static func hostileDrift(
        exit: ExitStatus, _ hostileName: String = Sample.hostileName
    ) -> DriftReport {
        let plan = hostile(exit: exit, hostileName)
        let finding = TableFinding(
            namespace: hostileName, object: ObjectName(encoded: hostileName), status: .drifted,
            shards: [hostileName], desired: digest("new"), recorded: digest("new"), observed: nil,
            differences: [PlanDifference(text: "- \(hostileName)")],
            location: SourceLocation(file: hostileName, line: 3, column: 1))
        return DriftReport(
            environment: hostileName, revision: plan.plan.revision, recordedAt: hostileName,
            shardCount: 2, inSyncCount: 0, findings: [finding], unmanaged: [finding],
            unknown: plan.plan.unknown, unsupported: plan.plan.unsupported, stale: hostileName,
            notices: plan.notices, exitStatus: exit)
    }

    static func hostileRollout(
        _ hostileName: String = Sample.hostileName
    ) -> RolloutReport {
        let shard = ShardID(namespace: hostileName, shard: hostileName)
        return RolloutReport(
            environment: hostileName, rollout: hostileName, plan: digest("plan"), state: nil,
            startedAt: hostileName, counts: [hostileName: 1],
            troubles: [
                .init(
                    key: OperationKey(shard: shard, object: ObjectName(encoded: hostileName)),
                    state: .failed, message: hostileName)
            ], message: hostileName)
    }

    static func hostileReconcile(
        exit: ExitStatus, _ hostileName: String = Sample.hostileName
    ) -> ReconcileReport {
        let rollout = hostileRollout(hostileName)
        return ReconcileReport(
            plan: hostile(exit: exit, hostileName), rollout: rollout,
            recovered: rollout.troubles.map {
                .init(key: $0.key, finding: .unknown, message: hostileName)
            }, adopted: 1, exitStatus: exit)
    }
}
