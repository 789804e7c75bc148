import Diff
import Model
import Synchronization
import Testing

@testable import Reconciler

@Suite("The approvals of a step are read once for all of its shards")
struct StepApprovalsTests {
    /// Accepts every name, and counts how often it was asked.
    private final class CountedProofs: ApprovalProving {
        let asked = Mutex(0)

        func proof(
            of entry: ApprovalRecord.Approver, in record: ApprovalRecord
        ) -> ApprovalProof {
            asked.withLock { $0 += 1 }
            return DeclaredProofs().proof(of: entry, in: record)
        }
    }

    @Test("each entry is proved once for a step of many shards, and used up shard by shard")
    func provedOnce() throws {
        var step = sampleStep(
            hazard: .irreversible, cause: PlanCause(kind: .git, authors: ["bob"]))
        step.shards = (0..<40).map { "s\($0)" }
        var record = try sampleApproval(step)
        for shard in step.shards.prefix(20) {
            record.use(on: shard, by: "r/commerce/\(shard)/orders", at: sampleTime())
        }
        let proofs = CountedProofs()
        let index = ApprovalIndex(
            records: [record], environment: "production",
            check: ApprovalCheck(
                terms: ApprovalTerms(minimum: 1, refusesAuthor: true), proofs: proofs))
        let gate = Gate(
            rules: Gate.Rules(approve: [.irreversible], drift: .report), approvals: index)
        let plan = samplePlan([step])
        let decision = try gate.decide(plan, now: sampleTime())
        #expect(decision.ready.map(\.shard) == Array(step.shards.suffix(20)))
        #expect(decision.ready.allSatisfy { $0.approvedUntil != nil })
        #expect(proofs.asked.withLock { $0 } == record.approvers.count)
    }
}
