import Diff
import Model
import Reports
import Schema

extension JSONView {
    static func planMembers(_ report: PlanReport) -> [String: JSONValue] {
        let plan = report.plan
        let facts = StepFacts.all(of: report)
        return [
            "environment": .string(plan.environment),
            "isProposal": .bool(report.isProposal),
            "digest": .string(report.digest.hex),
            "revision": revision(plan.revision),
            "shardCount": .number(plan.shardCount),
            "changingShardCount": .number(plan.changingShards.count),
            "steps": .array(zip(report.steps, facts).map(step)),
            "unknown": .array(plan.unknown.map(unknown)),
            "unsupported": .array(plan.unsupported.map(unsupported)),
            "stale": .text(report.stale),
            "lockWaits": report.lockWaits.map(lockWaits) ?? .null,
            "notices": .array(report.notices.map(notice)),
        ]
    }

    private static func step(_ report: PlanReport.StepReport, _ facts: StepFacts) -> JSONValue {
        let step = report.step
        return .object([
            "kind": .string(step.kind.rawValue),
            "namespace": .string(step.namespace),
            "table": .string(step.object.encoded),
            "renamedFrom": .text(step.renamedFrom?.encoded),
            "members": step.members.map { .array($0.map(member)) } ?? .null,
            "shards": .strings(step.shards),
            "from": .text(step.from?.hex),
            "to": .text(step.to?.hex),
            "order": .number(step.order),
            "engine": .string((step.engine ?? .direct).rawValue),
            "engineReason": .text(step.engineReason),
            "hazard": .string(step.hazard.rawValue),
            "algorithm": .text(step.algorithm?.rawValue),
            "lock": .text(step.lock?.rawValue),
            "rebuildsTable": .bool(step.rebuildsTable),
            "blocksWrites": .bool(step.blocksWrites),
            "size": step.size.map(size) ?? .null,
            "statements": .array(step.statements.map(statement)),
            "findings": .array(step.findings.map(hazardFinding)),
            "cause": cause(step.cause),
            "differences": .array(step.differences.map(difference)),
            "suggestion": .text(step.suggestion),
            "approval": .string(report.approval.hex),
            "needsApproval": .bool(report.needsApproval),
            "holds": .array(zip(report.holds, facts.holds).map(hold)),
        ])
    }

    private static func member(_ member: PlanMember) -> JSONValue {
        .object([
            "table": .string(member.object.encoded),
            "renamedFrom": .text(member.renamedFrom?.encoded),
            "from": .text(member.from?.hex), "to": .text(member.to?.hex),
        ])
    }

    private static func lockWaits(_ waits: LockWaits) -> JSONValue {
        .object([
            "statementSeconds": .number(waits.ddlSeconds),
            "attempts": .number(waits.attempts),
            "firstPauseSeconds": .number(waits.firstPauseSeconds),
            "longestPauseSeconds": .number(waits.longestPauseSeconds),
        ])
    }

    private static func size(_ size: TableSize) -> JSONValue {
        .object([
            "rows": .number(size.rows), "bytes": .number(size.bytes), "shard": .string(size.shard),
        ])
    }

    private static func statement(_ statement: PlanStatement) -> JSONValue {
        var fields: [String: JSONValue] = [
            "sql": .string(statement.sql),
            "checksForeignKeys": .bool(statement.checksForeignKeys),
            "after": .text(statement.after?.hex),
            "algorithm": .text(statement.algorithm?.rawValue),
            "lock": .text(statement.lock?.rawValue),
            "rebuildsTable": .bool(statement.rebuildsTable),
            "blocksWrites": .bool(statement.blocksWrites),
        ]
        fields["numbersZeros"] = statement.numbersZeros.map(JSONValue.bool)
        return .object(fields)
    }

    private static func hazardFinding(_ finding: HazardFinding) -> JSONValue {
        .object([
            "rule": .string(finding.rule), "hazard": .string(finding.hazard.rawValue),
            "reason": .string(finding.reason), "remedy": .string(finding.remedy),
            "suggestion": .text(finding.suggestion),
            "dependsOn": .strings(finding.dependsOn.map(\.rawValue)),
            "probe": finding.probe.map(probe) ?? .null,
        ])
    }

    private static func probe(_ probe: DataProbe) -> JSONValue {
        .object([
            "sought": .text(probe.question?.sought), "question": .text(probe.question?.sql),
            "look": .text(probe.question?.look), "notAsked": .text(probe.notAsked),
            "clear": .strings(probe.clear), "inTheWay": .strings(probe.inTheWay),
            "notAnswered": .array(
                probe.notAnswered.map { unanswered in
                    .object([
                        "reason": .string(unanswered.reason),
                        "shards": .strings(unanswered.shards),
                    ])
                }),
        ])
    }

    private static func cause(_ cause: PlanCause) -> JSONValue {
        .object([
            "kind": .string(cause.kind.rawValue), "commit": .text(cause.commit),
            "author": .text(cause.author), "location": place(cause.location),
            "authors": cause.authors.map(JSONValue.strings) ?? .null,
            "rollback": cause.rollback.map(rollback) ?? .null,
        ])
    }

    private static func hold(
        _ hold: PlanReport.HoldReport, _ facts: StepFacts.Hold
    ) -> JSONValue {
        .object([
            "code": .string(hold.code), "reason": .string(hold.reason),
            "shards": .strings(hold.shards), "command": .string(facts.command),
        ])
    }
}
