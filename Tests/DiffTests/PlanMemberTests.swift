import Foundation
import Schema
import Testing

@testable import Diff

@Suite("A step about several tables")
struct PlanMemberTests {
    private func digest(_ word: String) -> Digest { Digest(of: word) }

    private func whole(_ a: Digest?, _ b: Digest?) -> Digest {
        PlanStep.digest(of: ["a": a, "b": b])
    }

    /// `a` goes from a0 by a1 to a2, `b` from b0 to nothing.
    private func step(_ change: (inout PlanStep) -> Void = { _ in }) -> PlanStep {
        var step = PlanStep(
            kind: .alter, namespace: "app", object: "a",
            members: [
                PlanMember(object: "b", from: digest("b0"), to: nil),
                PlanMember(
                    object: "a", renamedFrom: "old", from: digest("a0"), to: digest("a2")),
            ], shards: ["s"], from: whole(digest("a0"), digest("b0")),
            to: whole(digest("a2"), nil),
            statements: [
                PlanStatement(
                    sql: "1", after: whole(digest("a1"), digest("b0")),
                    tables: [TableDigest(object: "a", digest: digest("a1"))]),
                PlanStatement(
                    sql: "2", after: whole(digest("a1"), nil),
                    tables: [TableDigest(object: "b", digest: nil)]),
                PlanStatement(
                    sql: "3", after: whole(digest("a2"), nil),
                    tables: [TableDigest(object: "a", digest: digest("a2"))]),
            ], hazard: .lossy, findings: [], cause: PlanCause(kind: .git), differences: [],
            order: 0)
        change(&step)
        return step
    }

    private func plan(_ steps: PlanStep...) -> Plan {
        Plan(
            environment: "production",
            revision: PlanRevision(commit: nil, reference: "main", summary: ""), steps: steps,
            unknown: [], unsupported: [], shardCount: 1)
    }

    @Test("what ran is told for each table, at every digest on the way")
    func tablesOnTheWay() {
        let step = step()
        #expect(step.tables.map(\.object) == ["a", "b"] && step.isGroup && step.dropCount == 1)
        #expect(step.tables(at: step.from) == ["a": digest("a0"), "b": digest("b0")])
        #expect(step.tables(at: step.digests[1]) == ["a": digest("a1"), "b": digest("b0")])
        #expect(step.tables(at: step.digests[2]) == ["a": digest("a1"), "b": nil])
        #expect(step.tables(at: step.to) == ["a": digest("a2"), "b": nil])
        #expect(step.tables(at: digest("another")) == nil)
    }

    @Test("a digest of several tables is one of their names and of what is absent")
    func digests() {
        #expect(whole(digest("x"), nil) != whole(nil, digest("x")))
        #expect(whole(nil, nil) != PlanStep.digest(of: ["a": nil]))
        #expect(PlanStep.digest(of: ["a": digest("x")]) != digest("x"))
    }

    @Test("a plan that is read is refused where its digests are not those of its tables")
    func validation() throws {
        try plan(step()).validate()
        let single = PlanStep(
            kind: .alter, namespace: "app", object: "b", shards: ["s"], from: digest("b0"),
            to: digest("b1"), statements: [PlanStatement(sql: "1", after: digest("b1"))],
            hazard: .safe, findings: [], cause: PlanCause(kind: .git), differences: [], order: 1)
        for bad in [
            plan(step { $0.from = digest("a0") }), plan(step { $0.object = "c" }),
            plan(step { $0.members?[0].from = digest("x") }),
            plan(step { $0.members?[1].to = digest("x") }),
            plan(step { $0.statements[0].tables = [] }),
            plan(step { $0.statements[1].after = digest("x") }),
            plan(step { $0.statements[0].tables?[0].object = "c" }),
            plan(step { $0.kind = .create }),
            // A table is in one step only, under either of its names.
            plan(step(), single),
        ] {
            #expect(throws: PlanInvalid.self, "\(bad)") { try bad.validate() }
        }
    }

    @Test("an approval binds every table of the step")
    func approval() throws {
        let binding = ApprovalBinding(environment: "production", step: step())
        #expect(binding.covers(step(), shard: "s", environment: "production"))
        let other = step { $0.from = whole(digest("a0"), digest("elsewhere")) }
        #expect(!binding.covers(other, shard: "s", environment: "production"))
    }

    @Test("steps written before there were any are read")
    func oldSteps() throws {
        let text = String(decoding: try CanonicalForm.encode(step()), as: UTF8.self)
        #expect(try JSONDecoder().decode(PlanStep.self, from: Data(text.utf8)) == step())
        let old = step {
            $0.members = nil
            for place in $0.statements.indices { $0.statements[place].tables = nil }
        }
        let bare = String(decoding: try CanonicalForm.encode(old), as: UTF8.self)
        #expect(!bare.contains("members") && !bare.contains("rowsInTheWay"))
        #expect(try JSONDecoder().decode(PlanStep.self, from: Data(bare.utf8)) == old)
    }
}
