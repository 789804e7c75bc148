import Foundation
import Schema
import Testing

@testable import Diff

@Suite("A step says by which engine it runs") struct PlanEngineTests {
    private func step(_ engine: EngineName?) -> PlanStep {
        var step = PlanStep(
            kind: .alter, namespace: "commerce", object: "orders", shards: ["s0"],
            from: Digest(of: "from"), to: Digest(of: "to"),
            statements: [PlanStatement(sql: "…", after: Digest(of: "to"))], hazard: .costly,
            findings: [], cause: PlanCause(kind: .git), differences: [], order: 0)
        step.engine = engine
        return step
    }

    private func plan(_ engine: EngineName?) -> Plan {
        Plan(
            environment: "production",
            revision: PlanRevision(commit: nil, reference: "main", summary: ""),
            steps: [step(engine)], unknown: [], unsupported: [], shardCount: 1)
    }

    @Test func oneThatSaysNothingIsAsItWasBeforeThereWereEngines() throws {
        let text = String(decoding: try JSONEncoder().encode(step(nil)), as: UTF8.self)
        #expect(!text.contains("engine"))
        let other = try JSONDecoder().decode(PlanStep.self, from: Data(text.utf8))
        #expect(other == step(nil) && other.engine == nil)
    }

    @Test func anEngineOfANewerReleaseSurvives() throws {
        let newer = step(EngineName(rawValue: "copy-2"))
        let bytes = try JSONEncoder().encode(newer)
        #expect(try JSONDecoder().decode(PlanStep.self, from: bytes) == newer)
        try plan(EngineName(rawValue: "copy-2")).validate()
        try plan(.direct).validate()
        try plan(nil).validate()
    }

    @Test(arguments: ["", " ", "Copy", "a b", "x\n", "é", String(repeating: "x", count: 33)])
    func aNameThatIsNoneRefusesThePlan(_ name: String) {
        #expect(throws: PlanInvalid.self) { try plan(EngineName(rawValue: name)).validate() }
    }
}
