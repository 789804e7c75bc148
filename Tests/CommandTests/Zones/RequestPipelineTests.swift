import Foundation
import TestSupport
import Testing

/// Where the operator says what is followed, and a pipeline runs for a request.
@Suite("attack: a request in whose pipeline the operator's branch is looked for")
struct RequestPipelineTests {
    /// A converged fleet whose operator follows `main`.
    private func fleet() throws -> FleetFixture {
        let fleet = try FleetFixture(schema: ["orders.sql": StoryTests.withStatus])
        let path = try fleet.folder.write(
            """
            version: 1
            hosts: ["\(fleet.file.shards[0].host)"]
            environments: {production: [{connection: {user: root}}]}
            approvals: {identity: declared}
            follow: main
            """, to: "operator.yaml")
        chmod(path, 0o600)
        fleet.setEnvironment("PLUMB_OPERATOR", path)
        try fleet.expect(0, "reconcile")
        return fleet
    }

    private func set(_ fleet: FleetFixture, _ variables: [String: String]) {
        for (name, value) in variables { fleet.setEnvironment(name, value) }
    }

    @Test("a clone of a fork, whose `origin/main` is the author's own")
    func fork() throws {
        let fleet = try fleet()
        let before = try fleet.git("rev-parse", "HEAD").filter(\.isHexDigit)
        try fleet.write("schema/app/orders.sql", FleetFixture.orders)
        try fleet.commit("Drop the status")
        try fleet.git("update-ref", "refs/remotes/origin/main", "main")
        try fleet.git("remote", "add", "origin", "https://example.com/evil/r.git")
        set(
            fleet,
            [
                "GITHUB_EVENT_NAME": "pull_request_target", "GITHUB_BASE_REF": "main",
                "GITHUB_REPOSITORY": "o/r",
            ])
        let state = try fleet.ledgerState()
        for command in ["plan", "reconcile"] {
            let run = try fleet.expect(78, command)
            #expect(run.says("`main` that the operator follows is not in"), "\(run)")
        }
        // The event's own commit is on the branch that is followed, wherever the clone is from.
        let event = "{\"pull_request\": {\"base\": {\"ref\": \"main\", \"sha\": \"\(before)\"}}}"
        set(fleet, ["GITHUB_EVENT_PATH": try fleet.folder.write(event, to: "event.json")])
        let shown = try fleet.run("plan")
        #expect(shown.says("a proposal: servers, accounts and policy are those of main"))
        #expect(try fleet.ledgerState() == state)
    }

    @Test("an old commit of the followed branch, as a request without commits")
    func oldCommit() throws {
        let fleet = try fleet()
        let old = try fleet.git("rev-parse", "HEAD").filter(\.isHexDigit)
        try fleet.write("schema/app/fresh.sql", "CREATE TABLE fresh (id int PRIMARY KEY);\n")
        try fleet.commit("Fresh", author: "bob@example.com")
        try fleet.expect(0, "reconcile")
        try fleet.git("update-ref", "refs/remotes/origin/main", "main")
        try fleet.git("remote", "add", "origin", "https://example.com/o/r.git")
        try fleet.git("checkout", "-q", "--detach", old)
        set(
            fleet,
            [
                "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
                "CI_MERGE_REQUEST_PROJECT_PATH": "o/r",
            ])
        let state = try fleet.ledgerState()
        let shown = try fleet.run("plan")
        #expect(shown.says("a proposal"), "\(shown)")
        let refused = try fleet.run("reconcile")
        #expect(refused.says("is a proposal"), "\(refused)")
        #expect(try fleet.ledgerState() == state)
    }

    @Test("a branch or a tag that is called like the commit that --base names")
    func refNamedLikeACommit() throws {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        let base = try fleet.git("rev-parse", "HEAD").filter(\.isHexDigit)
        try fleet.git("checkout", "-q", "-b", "request")
        try fleet.write("schema/app/orders.sql", StoryTests.withStatus)
        try fleet.commit("Mine")
        for name in ["refs/heads/\(base)", "refs/tags/\(base)", "refs/remotes/\(base)"] {
            try fleet.git("update-ref", name, "HEAD")
        }
        let shown = try fleet.expect(2, "plan", "--base", base)
        #expect(shown.says("those of \(base.prefix(12))"), "\(shown)")
        let refused = try fleet.run("reconcile", "--base", base)
        #expect(refused.says("is a proposal"), "\(refused)")
    }
}
