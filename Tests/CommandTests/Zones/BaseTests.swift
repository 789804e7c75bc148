import Foundation
import TestSupport
import Testing

/// Where a pipeline's base is found, and that nothing else is ever taken for it.
@Suite("attack: a proposal that chooses its own base")
struct BaseTests {
    /// A checkout of a proposal as a pipeline makes it: detached, beside `origin/main`.
    private func checkout(_ trap: Tripwire) throws -> FleetFixture {
        let fleet = try FleetFixture()
        try fleet.expect(0, "reconcile")
        try fleet.git("update-ref", "refs/remotes/origin/main", "main")
        try fleet.git("remote", "add", "origin", "https://example.com/o/r.git")
        try fleet.git("checkout", "-q", "--detach")
        fleet.file.shards[0].host = trap.address.description
        try fleet.write("schema/app/orders.sql", StoryTests.withStatus)
        try fleet.commit()
        return fleet
    }

    private func set(_ fleet: FleetFixture, _ variables: [String: String]) {
        for (name, value) in variables { fleet.setEnvironment(name, value) }
    }

    private static let gitHub = [
        "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main", "GITHUB_REPOSITORY": "O/R",
    ]
    private static let gitLab = [
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_MERGE_REQUEST_PROJECT_PATH": "o/r",
    ]

    @Test(arguments: [gitHub, gitLab])
    func isFoundByItself(_ variables: [String: String]) throws {
        let trap = try Tripwire()
        let fleet = try checkout(trap)
        set(fleet, variables)
        let run = try fleet.expect(2, "plan")
        #expect(run.says("those of origin/main@", "takes effect after the merge"), "\(run)")
        #expect(run.says("status"), "\(run)")
        #expect(trap.visits() == 0)
    }

    @Test(arguments: [gitHub, gitLab])
    func failsClosedWithWhatToDo(_ variables: [String: String]) throws {
        let trap = try Tripwire()
        let fleet = try checkout(trap)
        // A local branch of that name is what a checkout of a fork's `main` leaves.
        try fleet.git("branch", "-f", "main", "HEAD")
        try fleet.git("update-ref", "-d", "refs/remotes/origin/main")
        set(fleet, variables)
        for command in ["plan", "drift", "doctor", "reconcile", "status"] {
            let run = try fleet.run(command)
            #expect(run.status == (command == "doctor" ? 1 : 78), "\(run)")
            #expect(run.says("git fetch origin main"), "\(run)")
        }
        #expect(trap.visits() == 0)
    }

    @Test func theCommitOfTheEventIsTakenWhereOriginIsAFork() throws {
        let trap = try Tripwire()
        let fleet = try checkout(trap)
        let base = try fleet.git("rev-parse", "main").trimmingCharacters(in: .newlines)
        try fleet.git("update-ref", "refs/remotes/origin/main", "HEAD")
        try fleet.git("remote", "set-url", "origin", "https://example.com/evil/r.git")
        set(fleet, Self.gitHub)
        try fleet.expect(78, "plan")
        let event = try fleet.folder.write(
            "{\"pull_request\": {\"base\": {\"ref\": \"main\", \"sha\": \"\(base)\"}}}",
            to: "event.json")
        fleet.setEnvironment("GITHUB_EVENT_PATH", event)
        try fleet.expect(2, "plan")
        #expect(trap.visits() == 0)
    }

    @Test(arguments: [
        ":/First", "HEAD~1", "HEAD^", "main@{0}", "-x", "--help", "HEAD", "@", "feature..main", "",
    ])
    func expressionsAreNoBase(_ name: String) throws {
        let trap = try Tripwire()
        let fleet = try checkout(trap)
        let run = try fleet.run(["plan", "--base=\(name)"])
        #expect(run.status == 78, "\(run)")
        set(fleet, Self.gitHub.merging(["GITHUB_BASE_REF": name.isEmpty ? "~" : name]) { $1 })
        let pipeline = try fleet.run(["plan"])
        #expect(pipeline.status == 78, "\(pipeline)")
        #expect(trap.visits() == 0)
    }

    /// Files that are a repository of their own, with references as the author likes.
    @Test func aRepositoryAmongTheFilesIsNone() throws {
        let trap = try Tripwire()
        let fleet = try checkout(trap)
        try fleet.git("clone", "-q", "--bare", ".", "schema/evil.git")
        try Shell.check(
            "git",
            [
                "-C", fleet.repository + "/schema/evil.git", "update-ref",
                "refs/remotes/origin/main", "HEAD",
            ])
        try Shell.check(
            "git",
            [
                "-C", fleet.repository + "/schema/evil.git", "config", "remote.origin.url",
                "https://example.com/o/r.git",
            ])
        for worktree in [nil, "..", "../.."] {
            if let worktree {
                let config = fleet.repository + "/schema/evil.git/config"
                try Shell.check("git", ["config", "-f", config, "core.bare", "false"])
                try Shell.check("git", ["config", "-f", config, "core.worktree", worktree])
            }
            let run = try Shell.run(
                PlumbProgram.path, ["plan"],
                environment: fleet.environment(nil).merging(Self.gitHub) { $1 },
                folder: fleet.repository + "/schema/evil.git")
            #expect(run.status != 0 && run.status != 2, "\(run.stdout)\(run.stderr)")
        }
        #expect(trap.visits() == 0)
    }

    @Test func aTagDoesNotStandForTheBranch() throws {
        let trap = try Tripwire()
        let fleet = try checkout(trap)
        try fleet.git("tag", "origin/main", "HEAD")
        try fleet.git("branch", "origin/main", "HEAD")
        set(fleet, Self.gitHub)
        try fleet.expect(2, "plan")
        try fleet.expect(2, "plan", "--base", "origin/main")
        #expect(trap.visits() == 0)
    }
}
