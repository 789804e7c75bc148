import Foundation
import Schema
import Testing

@testable import Diff

@Suite("A rename as part of a plan")
struct PlanRenameTests {
    private func step(
        _ kind: PlanStep.Kind = .alter, object: ObjectName = "new", from old: ObjectName? = "old"
    ) -> PlanStep {
        PlanStep(
            kind: kind, namespace: "app", object: object, renamedFrom: old, shards: ["a"],
            from: kind == .create ? nil : Digest(of: "from"),
            to: kind == .drop ? nil : Digest(of: "to"),
            statements: [
                PlanStatement(sql: "…", after: kind == .drop ? nil : Digest(of: "to"))
            ], hazard: .costly, findings: [], cause: PlanCause(kind: .git), differences: [],
            order: 0)
    }

    private func plan(_ steps: PlanStep...) -> Plan {
        Plan(
            environment: "production",
            revision: PlanRevision(commit: nil, reference: "main", summary: ""), steps: steps,
            unknown: [], unsupported: [], shardCount: 1)
    }

    @Test func whatComesFromOutsideIsChecked() throws {
        try plan(step()).validate()
        try plan(step(object: "new"), step(object: "newer", from: "older")).validate()
        for bad in [
            plan(step(from: "")), plan(step(from: " ")), plan(step(from: "new")),
            plan(step(.create)), plan(step(.drop)), plan(step(from: "view:old")),
            plan(step(object: "view:new")),
            // One table cannot become two, nor be changed under its old name besides.
            plan(step(object: "new"), step(object: "newer")),
            plan(step(), step(.drop, object: "old", from: nil)),
        ] {
            #expect(throws: PlanInvalid.self, "\(bad)") { try bad.validate() }
        }
    }

    @Test func stepsWrittenBeforeThereWereRenamesAreRead() throws {
        let old = step(from: nil)
        let text = String(decoding: try CanonicalForm.encode(old), as: UTF8.self)
        #expect(!text.contains("renamedFrom"))
        #expect(try JSONDecoder().decode(PlanStep.self, from: Data(text.utf8)) == old)
        let new = try JSONDecoder().decode(
            PlanStep.self, from: Data(try CanonicalForm.encode(step())))
        #expect(new.renamedFrom == "old")
    }

    /// The digest was taken from a release without renames: approvals that were given stay good.
    @Test func approvalsOfOtherStepsKeepTheirDigest() throws {
        let binding = ApprovalBinding(environment: "production", step: step(from: nil))
        let text = String(decoding: try CanonicalForm.encode(binding), as: UTF8.self)
        #expect(
            text == "{\"encoding\":1,\"environment\":\"production\",\"from\":"
                + "\"\(Digest(of: "from").hex)\",\"hazard\":\"costly\",\"kind\":\"alter\","
                + "\"meaning\":[],\"namespace\":\"app\",\"shards\":[\"a\"],"
                + "\"table\":\"new\",\"to\":\"\(Digest(of: "to").hex)\"}")
        let other = ApprovalBinding(environment: "production", step: step())
        #expect(try other.digest() != binding.digest())
        #expect(!other.covers(step(from: "older"), shard: "a", environment: "production"))
        #expect(other.covers(step(), shard: "a", environment: "production"))
    }
}
