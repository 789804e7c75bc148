import Desired
import Testing

@testable import Lint

@Suite("What a change may do")
struct ChangeRuleTests {
    private static let parent = ["p.sql": ChangeCases.parent]

    @Test(
        "Each change has its findings, at the clause that causes them")
    func changes() throws {
        for change in ChangeCases.changes + ChangeCases.milder {
            #expect(
                try hazards(change.old, change.new, others: Self.parent) == change.findings,
                "\(change.old) → \(change.new)")
        }
    }

    @Test("The same table written otherwise is no change")
    func sameness() throws {
        for pair in ChangeCases.same + ChangeCases.unknown {
            #expect(
                try hazards(pair.old, pair.new, others: Self.parent) == [],
                "\(pair.old) → \(pair.new)")
        }
    }
}
