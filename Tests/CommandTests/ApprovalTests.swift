import Foundation
import TestSupport
import Testing

/// Who may let an irreversible step pass, and for how long.
@Suite struct ApprovalTests {
    /// A converged fleet whose next step drops a column and waits for an approval.
    private func waitingFleet() throws -> (fleet: FleetFixture, digest: String) {
        let fleet = try FleetFixture(schema: ["orders.sql": StoryTests.withStatus])
        fleet.file.policy = ["approvers: {minimum: 1, not_author: true}"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", FleetFixture.orders)
        return (fleet, try StoryTests.waiting(fleet))
    }

    private func approval(
        _ digest: String, by approver: String = "eve@example.com", given: Date = Date(),
        adds: String = ""
    ) -> String {
        """
        digest: \(digest)
        approver: \(approver)
        reason: reviewed
        given: \(given.formatted(.iso8601))
        \(adds)
        """
    }

    private func hasStatus(_ fleet: FleetFixture) throws -> Bool {
        try fleet.table("orders")?.contains("status") == true
    }

    @Test func fileInTheRepositoryApproves() throws {
        let (fleet, digest) = try waitingFleet()
        try fleet.write("approvals/\(digest).yaml", approval(digest))
        try fleet.commit("Approve", author: "eve@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try !hasStatus(fleet))
        try fleet.expect(0, "reconcile")
        // The file is still there and used up.
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", FleetFixture.orders)
        try fleet.expect(3, "reconcile")
        #expect(try hasStatus(fleet))
    }

    @Test func stepThatComesAgainIsApprovedAgain() throws {
        let (fleet, digest) = try waitingFleet()
        try fleet.expect(0, "approve", digest, "--reason", "unused", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", FleetFixture.orders)
        // The same step to the digest; the approval of the first one is used up.
        try fleet.expect(3, "reconcile")
        #expect(try StoryTests.waiting(fleet) == digest)
        fleet.file.policy = ["approvers: {minimum: 2, not_author: true}"]
        try fleet.commit()
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", digest, "--reason", "again", by: "bob@example.com")
        // Nobody's word from the first time counts.
        try fleet.expect(3, "reconcile")
        #expect(try hasStatus(fleet))
        try fleet.expect(0, "approve", digest, "--reason", "again", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try !hasStatus(fleet))
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", FleetFixture.orders)
        try fleet.expect(3, "reconcile")
    }

    @Test func authorCannotApprove() throws {
        let (fleet, digest) = try waitingFleet()
        try fleet.expectUntouched {
            let refused = try fleet.expect(
                5, "approve", digest, "--reason", "mine", by: "ada@example.com")
            #expect(refused.says("not_author"), "\(refused)")
        }
        // Nor with another name in a file of the author's own.
        try fleet.write("approvals/\(digest).yaml", approval(digest))
        try fleet.commit("Approve", author: "ada@example.com")
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("author"), "\(asked)")
        #expect(try hasStatus(fleet))
    }

    @Test func expiredApprovalIsNone() throws {
        let (fleet, digest) = try waitingFleet()
        try fleet.write(
            "approvals/\(digest).yaml",
            approval(
                digest, given: Date(timeIntervalSince1970: 1_767_225_600),
                adds: "expires: 2026-01-02T00:00:00Z"))
        try fleet.commit("Approve", author: "eve@example.com")
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("expired"), "\(asked)")
        #expect(try hasStatus(fleet))
    }

    @Test func approvalOfAnotherDigestAuthorisesNothing() throws {
        let (fleet, _) = try waitingFleet()
        let other = String(repeating: "ab", count: 32)
        try fleet.write("approvals/\(other).yaml", approval(other))
        try fleet.commit("Approve", author: "eve@example.com")
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("approvals/\(other).yaml"), "\(asked)")
        #expect(try hasStatus(fleet))
        let unknown = try fleet.expect(1, "approve", "abababababababab", "--reason", "x")
        #expect(unknown.says("those that wait are"), "\(unknown)")
    }

    @Test func denialIsRememberedAndFinal() throws {
        let (fleet, digest) = try waitingFleet()
        try fleet.expect(0, "deny", digest, "--reason", "needed", by: "eve@example.com")
        let refused = try fleet.expect(5, "reconcile")
        #expect(refused.says("needed"), "\(refused)")
        try fleet.expect(5, "approve", digest, "--reason", "but", by: "kim@example.com")
        try fleet.expect(5, "plan")
        #expect(try hasStatus(fleet))
    }

    @Test func twoApproversMeansTwoPeople() throws {
        let (fleet, digest) = try waitingFleet()
        fleet.file.policy = ["approvers: {minimum: 2, not_author: true}"]
        try fleet.commit()
        let first = try fleet.expect(
            0, "approve", digest, "--reason", "a", by: "eve@example.com")
        #expect(first.says("1 of 2"), "\(first)")
        try fleet.expect(0, "approve", digest, "--reason", "b", by: "eve@example.com")
        try fleet.expect(3, "reconcile")
        #expect(try hasStatus(fleet))
        try fleet.expect(0, "approve", digest, "--reason", "c", by: "kim@example.com")
        try fleet.expect(0, "reconcile")
        #expect(try !hasStatus(fleet))
    }

    @Test func changedStepAsksAgain() throws {
        let (fleet, digest) = try waitingFleet()
        try fleet.expect(0, "approve", digest, "--reason", "ok", by: "eve@example.com")
        try fleet.change(
            "orders.sql", "CREATE TABLE orders (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY);")
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("approved again"), "\(asked)")
        #expect(try hasStatus(fleet))
    }

    @Test(arguments: [
        ("reason: missing", "approver"), ("digest: zz", "hexadecimal"), ("[", "approvals/"),
    ])
    func unreadableApprovalStopsThePass(_ text: String, _ told: String) throws {
        let (fleet, digest) = try waitingFleet()
        try fleet.write("approvals/\(digest).yaml", text)
        try fleet.commit("Approve", author: "eve@example.com")
        let stopped = try fleet.expect(1, "reconcile")
        #expect(stopped.says("approvals/\(digest).yaml:"), "\(stopped)")
        #expect(stopped.says(told), "\(stopped)")
        #expect(try hasStatus(fleet))
    }

    @Test func decisionNeedsAReasonAndASubject() throws {
        let (fleet, digest) = try waitingFleet()
        try fleet.expect(64, "approve", digest)
        try fleet.expect(64, "approve", "--reason", "x")
        try fleet.expect(64, "approve", digest, "--all", "--reason", "x")
    }
}
