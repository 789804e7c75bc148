import Foundation
import TestSupport
import Testing

/// Schema repositories elsewhere, and repositories that are not what they should be.
@Suite struct SourceTests {
    @Test func mirrorKeepsTheLastGoodRevisionAndSaysHowOldItIs() throws {
        let fleet = try FleetFixture()
        let source = "file://" + fleet.repository
        let elsewhere = try Elsewhere(fleet)
        let first = try elsewhere.run("reconcile", "--source", source)
        #expect(first.status == 0, "\(first)")
        #expect(try fleet.table("orders") != nil)

        try fleet.change("orders.sql", StoryTests.withStatus)
        let moved = try elsewhere.run("plan", "--source", source)
        #expect(moved.status == 2 && moved.says("status"), "\(moved)")

        let away = fleet.repository + ".away"
        try FileManager.default.moveItem(atPath: fleet.repository, toPath: away)
        let stale = try elsewhere.run("plan", "--source", source)
        #expect(stale.status == 2, "\(stale)")
        #expect(stale.says("seconds ago", fleet.repository), "\(stale)")
        let json = try elsewhere.run("plan", "--source", source, "--output", "json")
        #expect(try (json.json["stale"] as? String)?.contains("last fetched") == true, "\(json)")
        try FileManager.default.moveItem(atPath: away, toPath: fleet.repository)
        #expect(try !elsewhere.run("plan", "--source", source).says("seconds ago"))
    }

    @Test func forcePushedSourceIsFollowedAndSaid() throws {
        let fleet = try FleetFixture()
        let source = "file://" + fleet.repository
        let elsewhere = try Elsewhere(fleet)
        #expect(try elsewhere.run("reconcile", "--source", source).status == 0)
        try fleet.write("schema/app/orders.sql", StoryTests.withStatus)
        try fleet.git("add", "-A")
        try fleet.git(
            "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--amend", "-m", "Other")
        let run = try elsewhere.run("reconcile", "--source", source)
        #expect(run.status == 0 && run.says("force-pushed"), "\(run)")
        #expect(try fleet.table("orders")?.contains("status") == true)
    }

    @Test func sourceThatIsNoRepositoryIsAnError() throws {
        let fleet = try FleetFixture()
        let elsewhere = try Elsewhere(fleet)
        try fleet.expectUntouched {
            let none = try elsewhere.run("plan")
            #expect(none.status == 1 && none.says(elsewhere.folder), "\(none)")
            let missing = try elsewhere.run("plan", "--source", "file:///nowhere/at/all")
            #expect(missing.status == 1 && missing.says("/nowhere/at/all"), "\(missing)")
            let plain = try elsewhere.run("plan", "--source", elsewhere.folder)
            #expect(plain.status == 1 && plain.says(elsewhere.folder), "\(plain)")
            let secret = try elsewhere.run("plan", "--source", "https://me:hunter2@localhost:1/x")
            #expect(secret.status == 1 && !secret.says("hunter2"), "\(secret)")
        }
    }

    @Test func emptyAndUnbornRepositoriesAreErrors() throws {
        let fleet = try FleetFixture()
        let elsewhere = try Elsewhere(fleet)
        try Shell.check("git", ["init", "-q", "-b", "main", "."], folder: elsewhere.folder)
        let unborn = try elsewhere.run("plan")
        #expect(unborn.status == 1 && unborn.says("commit"), "\(unborn)")
        let mirrored = try elsewhere.run("plan", "--source", "file://" + elsewhere.folder)
        #expect(mirrored.status == 1 && mirrored.says("branch"), "\(mirrored)")
        try Shell.check(
            "git",
            [
                "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m",
                "x",
            ],
            folder: elsewhere.folder)
        let empty = try elsewhere.run("plan")
        #expect(empty.status == 78, "\(empty)")
        #expect(empty.says("plumb.yaml"), "\(empty)")
    }

    @Test func unknownReferenceIsAnError() throws {
        let fleet = try FleetFixture()
        try fleet.expectUntouched {
            let run = try fleet.expect(1, "plan", "--ref", "refs/heads/nowhere")
            #expect(run.says("nowhere"), "\(run)")
        }
    }

    @Test func linkInTheRepositoryIsNotFollowed() throws {
        let fleet = try FleetFixture()
        try fleet.folder.write("CREATE TABLE secret (id int);", to: "outside.sql")
        try FileManager.default.createSymbolicLink(
            atPath: fleet.repository + "/schema/app/link.sql",
            withDestinationPath: "../../../outside.sql")
        try fleet.commit()
        for mode in [[], ["--working-tree"]] {
            try fleet.expectUntouched {
                let run = try fleet.run(["reconcile"] + mode)
                #expect(run.status == 1 && run.says("schema/app/link.sql"), "\(run)")
            }
        }
    }

    @Test func pathOutOfTheRepositoryIsRefused() throws {
        let fleet = try FleetFixture()
        fleet.file.whole = fleet.file.text.replacingOccurrences(
            of: "schema: schema/app", with: "schema: ../../etc")
        try fleet.commit()
        try fleet.expectUntouched {
            let run = try fleet.expect(78, "reconcile")
            #expect(run.says("plumb.yaml:4:", "../../etc"), "\(run)")
        }
    }
}

/// A folder beside the fleet's repository in which `plumb` runs.
private struct Elsewhere {
    let fleet: FleetFixture
    let folder: String

    init(_ fleet: FleetFixture) throws {
        self.fleet = fleet
        folder = fleet.folder.path + "/elsewhere"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    func run(_ words: String...) throws -> Run {
        let output = try Shell.run(
            PlumbProgram.path, words, environment: fleet.environment(nil), folder: folder)
        return Run(words, output)
    }
}
