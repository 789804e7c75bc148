import Basics
import Diff
import Execution
import Model
import Schema
import TestSupport

@testable import Reconciler

/// Values for tests, made from words: `digest("a")` is the digest of a table called a.
func digest(_ word: String) -> Digest { Digest(of: word) }

func sampleStep(
    table: String = "orders", shards: [String] = ["s0", "s1"], from: String? = "a",
    to: String? = "b", hazard: Hazard = .safe, kind: PlanStep.Kind = .alter,
    cause: PlanCause = PlanCause(kind: .git), meaning: [String] = ["+ total int"],
    statements: [PlanStatement]? = nil, order: Int = 0
) -> PlanStep {
    PlanStep(
        kind: kind, namespace: "commerce", object: ObjectName(encoded: table),
        shards: shards, from: from.map(digest),
        to: to.map(digest),
        statements: statements ?? [
            PlanStatement(
                sql: "ALTER TABLE `\(table)` ADD COLUMN `total` int(11)", after: to.map(digest))
        ],
        hazard: hazard,
        findings: [HazardFinding(rule: .changeColumn, hazard: hazard, reason: "sample")],
        cause: cause, differences: meaning.map { PlanDifference(text: $0) }, order: order)
}

func samplePlan(_ steps: [PlanStep]) -> Plan {
    Plan(
        environment: "production",
        revision: PlanRevision(commit: "3f2a91c", reference: "main", summary: "orders: refunds"),
        steps: steps, unknown: [], unsupported: [], shardCount: 2)
}

func sampleApproval(
    _ step: PlanStep, decision: ApprovalRecord.Decision = .approve, by names: [String] = ["ada"],
    expires: String? = nil, consumed: [String: String] = [:]
) throws -> ApprovalRecord {
    let binding = ApprovalBinding(environment: "production", step: step)
    var record = ApprovalRecord(
        digest: try binding.digest(), binding: binding, decision: decision,
        approvers: names.map {
            .init(name: $0, reason: "reviewed", given: "2026-11-21T10:00:00Z", source: "command")
        }, expires: expires)
    record.consumed = consumed
    return record
}

func sampleTime(_ iso: String = "2026-11-21T12:00:00Z") -> Timestamp {
    Timestamp(iso: iso) ?? Timestamp(secondsSince1970: 0)
}

/// Throws where a step of a plan could not be taken up again once it is read back from a record.
func requireReadable(_ plan: Plan) throws {
    for step in plan.steps {
        var own = step
        own.shards = Array(step.shards.prefix(1))
        guard let shard = own.shardIDs.first else { continue }
        do throws(PlanInvalid) { try own.validate(on: shard) } catch {
            throw TestSupportError("\(error)\n\(step.statements.map(\.sql))")
        }
    }
}
