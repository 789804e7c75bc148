import Foundation
import TestSupport
import Testing

/// What is proposed is no plan: it is not recorded, not approved and not carried out.
@Suite("attack: a proposal's plan that passes for the plan")
struct ProposalRecordTests {
    private static let narrow = FleetFixture.orders.replacingOccurrences(
        of: "  note varchar(100)\n", with: "  note varchar(9)\n")

    /// A branch beside `main` that narrows a column, checked out.
    private func proposal() throws -> FleetFixture {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        try fleet.git("update-ref", "refs/remotes/origin/main", "main")
        try fleet.git("checkout", "-q", "-b", "feature")
        try fleet.change("orders.sql", Self.narrow)
        return fleet
    }

    @Test func isNotRecordedAndNotApproved() throws {
        let fleet = try proposal()
        try fleet.expectUntouched {
            for words in [["--base", "main"], ["--working-tree"]] {
                let plan = try fleet.run(["plan"] + words + ["--output", "json"])
                #expect(plan.status == 3, "\(plan)")
                #expect(try plan.json["isProposal"] as? Bool == true)
                // Nobody is told to approve what cannot be approved.
                let text = try fleet.run(["plan"] + words)
                #expect(text.says("after the merge") && !text.says("plumb approve"), "\(text)")
                let digest = try #require(
                    try plan.list("steps").first?["approval"] as? String, "\(plan)")
                try fleet.git("checkout", "-q", "main")
                let one = try fleet.run(["approve", digest, "--reason", "mine"])
                #expect(one.status == 1, "\(one)")
                #expect(one.says("proposal"), "\(one)")
                #expect(try fleet.run("approve", "--all", "--reason", "all").status == 1)
                try fleet.git("checkout", "-q", "feature")
            }
        }
    }

    @Test func isOnlyWhatIsNotFollowed() throws {
        let fleet = try proposal()
        // The base itself is what is followed.
        try fleet.git("checkout", "-q", "main")
        try fleet.change("orders.sql", StoryTests.withStatus)
        let before = try fleet.ledgerState()
        try fleet.expect(2, "plan", "--base", "main")
        #expect(try fleet.ledgerState() != before)
    }

    @Test(arguments: [
        ["reconcile"], ["approve", "--all", "--reason", "x"], ["deny", "--all", "--reason", "x"],
        ["import", "--record"],
    ])
    func isNotActedOn(_ words: [String]) throws {
        let fleet = try proposal()
        try fleet.expectUntouched {
            let base = try fleet.run(words + ["--base", "main"])
            #expect(base.status == 5 && base.says("is a proposal"), "\(base)")
            fleet.setEnvironment("GITHUB_EVENT_NAME", "pull_request")
            fleet.setEnvironment("GITHUB_BASE_REF", "main")
            let pipeline = try fleet.run(words)
            #expect(pipeline.status == 5 && pipeline.says("is a proposal"), "\(pipeline)")
            let files = try fleet.run(words + ["--working-tree"])
            #expect(files.status == 5, "\(files)")
        }
    }

    @Test func otherCommandsLookAtTheBase() throws {
        let fleet = try proposal()
        let trap = try Tripwire()
        fleet.file.shards[0].host = trap.address.description
        fleet.file.ledger = "../elsewhere.git"
        try fleet.commit()
        fleet.setEnvironment("GITHUB_EVENT_NAME", "pull_request")
        fleet.setEnvironment("GITHUB_BASE_REF", "main")
        try fleet.expectUntouched {
            let drift = try fleet.expect(0, "drift")
            #expect(drift.says("is a proposal: this is about origin/main"), "\(drift)")
            #expect(try fleet.run("doctor").status != 1)
            try fleet.expect(0, "log")
            #expect(try fleet.expect(0, "status").says("completed"))
            try fleet.expect(0, "store", "verify")
            // What needs no server and no secret reads the proposal itself.
            try fleet.expect(0, "validate")
            #expect(try fleet.run("lint").status == 0)
        }
        #expect(trap.visits() == 0)
        #expect(!FileManager.default.fileExists(atPath: fleet.folder.path + "/elsewhere.git"))
    }

    @Test func approvalFilesOfAProposalCountForNothing() throws {
        let fleet = try proposal()
        let plan = try fleet.expect(3, "plan", "--base", "main", "--output", "json")
        let digest = try #require(try plan.list("steps").first?["approval"] as? String)
        try fleet.write(
            "approvals/\(digest).yaml",
            "digest: \(digest)\napprover: grace@example.com\nreason: mine\n"
                + "given: 2026-01-01T00:00:00Z\n")
        try fleet.commit()
        try fleet.expect(3, "plan", "--base", "main")
        try fleet.expect(3, "plan", "--base", "main", "--working-tree")
    }
}
