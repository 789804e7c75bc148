import Diff
import Foundation
import Schema
import Testing

@testable import Desired

@Suite("attack: plumb.yaml asks for less than the operator")
struct RequirementTests {
    private func raised(_ policy: String, _ require: String) throws -> Policy {
        let own = try operatorFile(operatorText("require: \(require)"))
        return try own.require.raised(fleet(fleetText(tail: "policy: \(policy)")).policy)
    }

    @Test(arguments: [
        ("{approve: [irreversible]}", "{approve: [lossy, irreversible]}", "leaves out lossy"),
        ("{approvers: {minimum: 1}}", "{approvers: {minimum: 2}}", "is 1, and 2 is the least"),
        ("{approvers: {not_author: false}}", "{approvers: {not_author: true}}", "is false"),
        ("{drift: revert}", "{drift: additive}", "`additive` is the most"),
        ("{limits: {drops_per_plan: 4}}", "{limits: {drops_per_plan: 3}}", "and 3 is the most"),
    ])
    func lessInSoManyWordsIsRefusedWithBothPlaces(policy: String, require: String, told: String) {
        let error = #expect(throws: DesiredError.self) { try raised(policy, require) }
        let text = error?.description ?? ""
        #expect(text.contains(told), "\(text)")
        #expect(text.contains("plumb.yaml:12:"), "\(text)")
        #expect(text.contains("operator.yaml:5:"), "\(text)")
    }

    @Test func silenceIsRaised() throws {
        let policy = try raised(
            "{rollout: {on_failure: halt}}",
            "{approve: [costly, irreversible], approvers: {minimum: 2, not_author: true}, "
                + "limits: {drops_per_plan: 1}, "
                + "windows: [{allow: \"Mon-Fri 09:00-16:00\", zone: UTC}]}")
        #expect(policy.approve == [.costly, .lossy, .irreversible])
        #expect(policy.approvers == Approvers(minimum: 2, notAuthor: true))
        #expect(policy.limits.dropsPerPlan == 1)
        #expect(policy.windows.isEmpty && policy.requiredWindows.count == 1)
    }

    @Test func moreIsKept() throws {
        let policy = try raised(
            "{approvers: {minimum: 3, not_author: true}, limits: {drops_per_plan: 0}, "
                + "drift: report, approve: [safe, lossy, irreversible]}",
            "{approvers: {minimum: 2}, limits: {drops_per_plan: 1}, drift: additive, "
                + "approve: [lossy, irreversible]}")
        #expect(policy.approvers == Approvers(minimum: 3, notAuthor: true))
        #expect(policy.limits.dropsPerPlan == 0)
        #expect(policy.drift == .report)
        #expect(policy.approve == [.safe, .lossy, .irreversible])
    }
}
