import Diff
import Execution
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("attack: an audit misses no operation whose approval was changed afterwards")
struct ApprovalGapsTests {
    private let step = sampleStep(shards: ["s0"], hazard: .irreversible)

    /// The gaps of a ledger in which one operation used one approval, once `change` has made
    /// something else of that record; nil takes it away.
    private func gaps(
        _ change: (inout ApprovalRecord?) -> Void, under name: String? = nil
    ) throws -> [String] {
        let folder = try TemporaryFolder()
        let store = LedgerStore(
            ledger: try Ledger.open(path: folder.path + "/ledger.git"), environment: "production",
            actor: LedgerActor(name: "Ada", email: "ada@example.com"), clock: SimulatedClock())
        var approval = try sampleApproval(step)
        let digest = approval.digest
        let key = OperationKey(
            shard: ShardID(namespace: step.namespace, shard: "s0"), object: step.object)
        approval.use(on: "s0", by: "r1/\(key)", at: store.now)
        var record = Optional(approval)
        change(&record)
        var operation = OperationRecord(
            key: key, from: step.from, to: step.to, approval: digest)
        operation.state = .completed
        let (left, used) = (record, operation)
        try store.transact(LedgerEvent("test", subject: "Prepare")) {
            draft throws(LedgerError) in
            let place = name.flatMap { Digest(hex: $0) } ?? digest
            if let left {
                for (path, bytes) in try ApprovalDocuments.all(of: left, under: place) {
                    if let bytes { try draft.set(path, bytes) }
                }
            }
            try draft.setOperation(used, of: "r1")
            return .commit
        }
        let snapshot = try #require(try store.snapshot())
        return try ApprovalGaps(snapshot: snapshot).all().map {
            "\($0.place): \($0.problem.replacing(digest.short, with: "DIGEST"))"
        }
    }

    private let operation = "r1/commerce/s0/orders"

    @Test func whatFitsHasNone() throws {
        #expect(try gaps { _ in } == [])
    }

    @Test func whatWasTakenAwayIsTold() throws {
        #expect(
            try gaps { $0 = nil } == ["\(operation): the approval DIGEST that it used is gone"])
        #expect(
            try gaps { $0?.approvers = [] }
                == ["\(operation): the approval DIGEST has no approver left"])
        let unsaid = "\(operation): the approval DIGEST does not say that it was used"
        #expect(try gaps { $0?.uses = [] } == [unsaid])
        #expect(try gaps { $0?.uses?[0].operation = "r2/commerce/s0/orders" } == [unsaid])
        #expect(try gaps { $0?.uses?[0].shard = "s1" } == [unsaid])
    }

    @Test("an earlier release recorded the operation alone; beside its uses that says nothing")
    func olderRecords() throws {
        let operation = operation
        #expect(
            try gaps {
                $0?.uses = nil
                $0?.consumed = ["s0": operation]
            } == [])
        #expect(
            try gaps {
                $0?.uses = []
                $0?.consumed = ["s0": operation]
            }.count == 1)
    }

    @Test func theRecordOfAnotherStepIsNone() throws {
        let other = String(repeating: "0", count: 64)
        #expect(
            try gaps({ _ in }, under: other) == [
                "approvals/0/0/\(other): this is the record of another step, DIGEST",
                "\(operation): the approval DIGEST that it used is gone",
            ])
    }
}
