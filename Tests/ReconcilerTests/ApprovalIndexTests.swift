import Diff
import Execution
import Model
import Schema
import Testing

@testable import Reconciler

@Suite("Approvals are bound to exactly what was approved")
struct ApprovalIndexTests {
    let step = sampleStep(hazard: .irreversible, cause: PlanCause(kind: .git, authors: ["bob"]))

    private func index(
        _ records: [ApprovalRecord], minimum: Int = 1, refusesAuthor: Bool = true,
        environment: String = "production"
    ) -> ApprovalIndex {
        ApprovalIndex(
            records: records, environment: environment,
            check: ApprovalCheck(
                terms: ApprovalTerms(minimum: minimum, refusesAuthor: refusesAuthor)))
    }

    @Test("an approval of the step lets each of its shards pass")
    func approved() throws {
        let record = try sampleApproval(step)
        for shard in step.shards {
            let verdict = index([record]).verdict(on: step, shard: shard, now: sampleTime())
            #expect(verdict == .approved(record.digest))
        }
    }

    @Test("it still holds for the shards that are left while a rollout goes on")
    func shrinking() throws {
        let record = try sampleApproval(step)
        var rest = step
        rest.shards = ["s1"]
        let verdict = index([record]).verdict(on: rest, shard: "s1", now: sampleTime())
        #expect(verdict == .approved(record.digest))
    }

    @Test("a shard that joined later is not covered")
    func joinedLater() throws {
        let record = try sampleApproval(step)
        var more = step
        more.shards = ["s0", "s1", "s2"]
        let verdict = index([record]).verdict(on: more, shard: "s2", now: sampleTime())
        #expect(verdict == .waiting(reason: "no decision yet"))
    }

    @Test("any change to the step voids it")
    func voided() throws {
        let record = try sampleApproval(step)
        let author = PlanCause(kind: .git, authors: ["bob"])
        let others = [
            sampleStep(table: "items", hazard: .irreversible, cause: author),
            sampleStep(from: "x", hazard: .irreversible, cause: author),
            sampleStep(to: "x", hazard: .irreversible, cause: author),
            sampleStep(hazard: .lossy, cause: author),
            sampleStep(hazard: .irreversible, cause: author, meaning: ["- total int"]),
        ]
        for other in others {
            let verdict = index([record]).verdict(on: other, shard: "s0", now: sampleTime())
            #expect(verdict == .waiting(reason: "no decision yet"))
        }
        let elsewhere = index([record], environment: "staging")
            .verdict(on: step, shard: "s0", now: sampleTime())
        #expect(elsewhere == .waiting(reason: "no decision yet"))
    }

    @Test("how the statement is written does not matter, what it means does")
    func textIsFree() throws {
        let record = try sampleApproval(step)
        var same = step
        same.statements = [PlanStatement(sql: "alter table orders …", after: step.to)]
        same.order = 7
        let verdict = index([record]).verdict(on: same, shard: "s0", now: sampleTime())
        #expect(verdict == .approved(record.digest))
    }

    @Test("it is used up on each shard once")
    func consumed() throws {
        let record = try sampleApproval(step, consumed: ["s0": "r1/commerce/s0/orders"])
        #expect(
            index([record]).verdict(on: step, shard: "s0", now: sampleTime())
                == .waiting(reason: "no decision yet"))
        #expect(
            index([record]).verdict(on: step, shard: "s1", now: sampleTime())
                == .approved(record.digest))
    }

    @Test("it expires at its time, not before")
    func expires() throws {
        let record = try sampleApproval(step, expires: "2026-11-21T12:00:00Z")
        let before = sampleTime("2026-11-21T11:59:59Z")
        #expect(
            index([record]).verdict(on: step, shard: "s0", now: before) == .approved(record.digest))
        guard
            case .waiting(let reason) = index([record])
                .verdict(on: step, shard: "s0", now: sampleTime())
        else {
            Issue.record("an expired approval was taken")
            return
        }
        #expect(reason.contains("expired 2026-11-21T12:00:00Z"))
    }

    @Test("the author's own approval does not count, unless policy says so")
    func author() throws {
        let record = try sampleApproval(step, by: ["bob"])
        guard
            case .waiting(let reason) = index([record])
                .verdict(on: step, shard: "s0", now: sampleTime())
        else {
            Issue.record("the author's approval was taken")
            return
        }
        #expect(reason.contains("by the author of the change, bob"))
        #expect(
            index([record], refusesAuthor: false).verdict(on: step, shard: "s0", now: sampleTime())
                == .approved(record.digest))
    }

    @Test("as many people as policy asks for")
    func minimum() throws {
        let one = try sampleApproval(step, by: ["ada"])
        #expect(
            index([one], minimum: 2).verdict(on: step, shard: "s0", now: sampleTime())
                == .waiting(reason: "1 of 2 approvals given"))
        let twice = try sampleApproval(step, by: ["ada", "ada"])
        #expect(
            index([twice], minimum: 2).verdict(on: step, shard: "s0", now: sampleTime())
                == .waiting(reason: "1 of 2 approvals given"))
        let two = try sampleApproval(step, by: ["ada", "eve"])
        #expect(
            index([two], minimum: 2).verdict(on: step, shard: "s0", now: sampleTime())
                == .approved(two.digest))
    }

    @Test("a denial is remembered for exactly its step")
    func denied() throws {
        let record = try sampleApproval(step, decision: .deny)
        #expect(
            index([record]).verdict(on: step, shard: "s0", now: sampleTime())
                == .denied(record.digest, reason: "reviewed"))
        let other = sampleStep(to: "c", hazard: .irreversible)
        #expect(
            index([record]).verdict(on: other, shard: "s0", now: sampleTime())
                == .waiting(reason: "no decision yet"))
    }

    @Test("retained, replaced, cleared")
    func standing() throws {
        let record = try sampleApproval(step)
        #expect(ApprovalIndex.fate(of: record, in: samplePlan([step])) == .retained)
        let unrelated = sampleStep(table: "items", from: "x", to: "y")
        #expect(ApprovalIndex.fate(of: record, in: samplePlan([step, unrelated])) == .retained)
        let other = sampleStep(to: "c", hazard: .irreversible)
        #expect(ApprovalIndex.fate(of: record, in: samplePlan([other])) == .replaced)
        #expect(ApprovalIndex.fate(of: record, in: samplePlan([unrelated])) == .cleared)
    }
}
