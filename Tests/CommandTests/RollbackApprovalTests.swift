import Foundation
import TestSupport
import Testing

/// What an approval is worth once the change that it was for was taken back.
@Suite("An approval does not outlive that its change is taken back") struct RollbackApprovalTests {
    private static let withoutNote = FleetFixture.orders.replacingOccurrences(
        of: "  note varchar(100)\n", with: ""
    ).replacingOccurrences(of: "customer bigint NOT NULL,", with: "customer bigint NOT NULL")

    private func fleet() throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 3)
        try fleet.expect(0, "reconcile")
        fleet.file.policy = ["rollout:", "  waves: [{shards: 1, bake: 1h}, {percent: 100}]"]
        try fleet.commit()
        return fleet
    }

    private func lack(_ fleet: FleetFixture, _ text: String) throws -> [Bool] {
        try (0..<3).map { try fleet.table("orders", on: $0)?.contains(text) == false }
    }

    private func approve(_ fleet: FleetFixture) throws {
        try fleet.expect(0, "approve", "--all", "--reason", "known", by: "eve@example.com")
    }

    /// It was given by somebody who did not know what the change would come to.
    @Test(arguments: [false, true])
    func whatWasApprovedBeforeIsAskedAgain(byFile: Bool) throws {
        let fleet = try fleet()
        try fleet.change("orders.sql", Self.withoutNote)
        let digest = try StoryTests.waiting(fleet)
        if byFile {
            try fleet.write(
                "approvals/\(digest).yaml",
                """
                digest: \(digest)
                approver: eve@example.com
                reason: reviewed
                given: \(Date().formatted(.iso8601))

                """)
            try fleet.commit("Approve", author: "eve@example.com")
        } else {
            try approve(fleet)
        }
        try fleet.expect(2, "reconcile", "--no-wait")
        #expect(try lack(fleet, "note") == [true, false, false])
        let back = try fleet.run("rollback", "--reason", "a report needs it", by: "ada@example.com")
        #expect(back.says("approvals from before it do not count any more"), "\(back)")
        try fleet.expect(0, "reconcile", "--no-wait")
        let status = try fleet.run("status")
        #expect(status.says("do not count any more: \(digest.prefix(7))"), "\(status)")
        // Given up: git wants the column gone again, and nobody has said yes to that.
        _ = try fleet.run("rollback", "--end", "--reason", "the report is gone")
        let asked = try fleet.expect(3, "reconcile", "--no-wait")
        #expect(
            asked.says("does not count any more", "taken back by ada@example.com", "needs it"),
            "\(asked)")
        #expect(try lack(fleet, "note")[1...] == [false, false])
        let audit = try fleet.expect(0, "verify-approvals")
        #expect(audit.says("counts no more on s2", "taken back by ada@example.com"), "\(audit)")
        // Somebody says it now.
        try approve(fleet)
        fleet.file.policy = []
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        #expect(try lack(fleet, "note") == [true, true, true])
        try fleet.expect(0, "verify-approvals")
    }

    /// The way back that nobody wants any more is not gone because somebody once agreed to it.
    @Test func neitherDoesThatOfAWayBackThatIsGivenUp() throws {
        let fleet = try fleet()
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(2, "reconcile", "--no-wait")
        let id = try #require(
            try fleet.run("status", "--output", "json").json["rollout"] as? String)
        try fleet.expect(3, "rollback", "--reason", "slow")
        try approve(fleet)
        let end = try fleet.expect(2, "rollback", "--end", "--reason", "it was not us")
        #expect(end.says("approvals of the way back do not count any more"), "\(end)")
        let again = try fleet.expect(3, "rollback", id, "--reason", "it was us")
        #expect(again.says("does not count any more", "approve with"), "\(again)")
        try fleet.expect(3, "reconcile", "--no-wait")
        #expect(try lack(fleet, "by_status") == [false, true, true])
    }

    @Test func aReplacedApprovalIsToldForAsLongAsTheNewStepWaits() throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", Self.withoutNote)
        try fleet.expect(3, "reconcile")
        try approve(fleet)
        try fleet.change("orders.sql", "CREATE TABLE orders (id bigint NOT NULL PRIMARY KEY);\n")
        #expect(try fleet.expect(3, "plan").says("approval-replaced"))
        try approve(fleet)
        #expect(!(try fleet.run("plan").says("approval-replaced")))
        try fleet.expect(0, "reconcile")
        #expect(!(try fleet.run("plan").says("approval-replaced")))
    }
}
