import Foundation
import TestSupport
import Testing

/// `plumb store gc`, `store copy` and `store verify --repair`.
@Suite struct StoreCommandTests {
    /// A fleet with a ledger of several transitions.
    private func convergedFleet() throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 2)
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        return fleet
    }

    /// The file of an object of the ledger, which gets one of its own.
    private func file(of revision: String, _ fleet: FleetFixture) throws -> String {
        let id = try fleet.ledgerGit("rev-parse", revision)
        try GitCommand.unpackObjects(of: fleet.ledger)
        return "\(fleet.ledger)/objects/\(id.prefix(2))/\(id.dropFirst(2))"
    }

    private func damage(_ path: String) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 0xff
        try FileManager.default.removeItem(atPath: path)
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    // MARK: gc

    @Test func gcMakesOnePackAndKeepsEverything() throws {
        let fleet = try convergedFleet()
        try GitCommand.unpackObjects(of: fleet.ledger)
        let objects = try fleet.ledgerGit("cat-file", "--batch-check", "--batch-all-objects")
        let log = try fleet.expect(0, "log").stdout
        let run = try fleet.expect(0, "store", "gc")
        #expect(run.says("single objects", "before", "1 pack after"), "\(run)")
        #expect(
            try fleet.ledgerGit("cat-file", "--batch-check", "--batch-all-objects") == objects)
        #expect(try fleet.expect(0, "log").stdout == log)
        #expect(try fleet.ledgerGit("fsck", "--full", "--strict") == "")
        try fleet.expect(0, "store", "verify")
        // Where there is one pack, there is nothing to do.
        let again = try fleet.expect(0, "store", "gc", "--output", "json")
        let rows = try again.list("rows")
        #expect(rows.map { $0["bytes"] as? String }.count == 2)
        #expect(rows.first?["bytes"] as? String == rows.last?["bytes"] as? String)
        try fleet.expect(0, "reconcile")
    }

    @Test func gcTakesNothingOutOfTheTreeThatIsYoung() throws {
        let fleet = try convergedFleet()
        let tip = try fleet.ledgerGit("rev-parse", "production")
        let run = try fleet.expect(0, "store", "gc", "--keep", "400d")
        #expect(run.says("0 plans, 0 rollouts and 0 approvals left the tree"), "\(run)")
        #expect(try fleet.ledgerGit("rev-parse", "production") == tip)
        let bad = try fleet.run("store", "gc", "--keep", "long")
        #expect(bad.status != 0 && bad.says("--keep long: no such duration"), "\(bad)")
    }

    @Test func gcLeavesADamagedLedgerAsItIs() throws {
        let fleet = try convergedFleet()
        let path = try file(of: "production:environment", fleet)
        try damage(path)
        let before = try Shell.check("find", [fleet.ledger + "/objects", "-type", "f"])
        let run = try fleet.expect(1, "store", "gc")
        #expect(run.says("store verify"), "\(run)")
        let after = try Shell.check("find", [fleet.ledger + "/objects", "-type", "f"])
        #expect(Set(after.split(separator: "\n")) == Set(before.split(separator: "\n")))
    }

    @Test func aRetentionShorterThanAnApprovalCountsIsRefused() throws {
        let fleet = try FleetFixture(shards: 1)
        let place = "{location: \"file:\(fleet.file.ledger)\", retention: 10d}"
        fleet.file.whole = fleet.file.text.replacingOccurrences(
            of: "\"file:\(fleet.file.ledger)\"", with: place)
        try fleet.commit("Keep little")
        for command in [["reconcile"], ["store", "gc"], ["plan"], ["doctor"]] {
            let run = try fleet.run(command)
            #expect(run.status != 0, "\(run)")
            #expect(
                run.says("plumb.yaml:", "`retention` is 10d", "up to 30d", "keep at least 30d"),
                "\(run)")
        }
    }

    // MARK: layouts

    /// A ledger that a release of another time wrote.
    @Test func aNewerLayoutIsSaidWhateverAsks() throws {
        let fleet = try convergedFleet()
        let file = try fleet.folder.write("3\n", to: "layout")
        let id = try fleet.ledgerGit("hash-object", "-w", file)
        try fleet.ledgerGit("read-tree", "production")
        try fleet.ledgerGit("update-index", "--add", "--cacheinfo", "100644,\(id),layout")
        let tree = try fleet.ledgerGit("write-tree")
        let commit = try fleet.ledgerGit(
            "-c", "user.name=a", "-c", "user.email=a@b.c", "commit-tree", tree, "-p",
            "production", "-m", "Move", "-m", "Plumb-Event: layout-moved\nPlumb-Key: 3")
        try fleet.ledgerGit("update-ref", "refs/heads/production", commit)
        try FileManager.default.removeItem(atPath: fleet.ledger + "/index")
        for command in [
            ["doctor"], ["store", "verify"], ["store", "verify", "--repair"], ["store", "gc"],
            ["reconcile"], ["plan"], ["status"],
        ] {
            let run = try fleet.run(command)
            #expect(run.status != 0, "\(command): \(run)")
            #expect(
                run.says("layout `3`", "use the release of plumb that wrote it"),
                "\(command): \(run)")
        }
        #expect(try fleet.ledgerGit("rev-parse", "production") == commit)
    }

    // MARK: copy

    @Test func aCopyIsTheSameLedger() throws {
        let fleet = try convergedFleet()
        let copy = fleet.folder.path + "/copy.git"
        let places = ["file:\(fleet.ledger)", "file:\(copy)"]
        let run = try fleet.expect(0, ["store", "copy"] + places)
        let count = try fleet.ledgerGit("cat-file", "--batch-check", "--batch-all-objects")
            .split(separator: "\n").count
        #expect(run.says("\(count) objects", "are the same in both", "\(count) copied"), "\(run)")
        #expect(
            try GitCommand.run(["for-each-ref"], in: copy) == fleet.ledgerGit("for-each-ref"))
        #expect(try GitCommand.run(["fsck", "--full", "--strict"], in: copy) == "")
        try fleet.expect(0, "store", "verify", "--ledger", "file:\(copy)")
        let log = try fleet.expect(0, "log").stdout
        #expect(try fleet.expect(0, "log", "--ledger", "file:\(copy)").stdout == log)
        // What is new goes over, and nothing twice.
        try fleet.change("orders.sql", FleetFixture.orders)
        _ = try fleet.run("plan")
        let more = try fleet.expect(0, ["store", "copy"] + places)
        #expect(!more.says("; 0 copied"), "\(more)")
        #expect(try fleet.expect(0, ["store", "copy"] + places).says("; 0 copied"))
    }

    @Test func aCopyOverAnotherLedgerIsRefused() throws {
        let fleet = try convergedFleet()
        let other = fleet.folder.path + "/other.git"
        try fleet.expect(0, "reconcile", "--ledger", "file:\(other)")
        let before = try GitCommand.run(["for-each-ref"], in: other)
        let run = try fleet.expect(1, "store", "copy", fleet.ledger, other)
        #expect(run.says("refs/heads/production", "copy into an empty place"), "\(run)")
        #expect(try GitCommand.run(["for-each-ref"], in: other) == before)
    }

    @Test func aDamagedLedgerIsNotCopiedAsIfItWereWhole() throws {
        let fleet = try convergedFleet()
        try damage(try file(of: "production:environment", fleet))
        let copy = fleet.folder.path + "/copy.git"
        let run = try fleet.expect(1, "store", "copy", fleet.ledger, copy)
        #expect(run.says("store verify"), "\(run)")
        #expect(try GitCommand.run(["for-each-ref"], in: copy) == "")
    }

    @Test func aCopyThatCannotBeReadIsNotTheSame() throws {
        let fleet = try convergedFleet()
        let copy = fleet.folder.path + "/copy.git"
        try fleet.expect(0, "store", "copy", fleet.ledger, copy)
        let packs = "\(copy)/objects/pack"
        for name in try FileManager.default.contentsOfDirectory(atPath: packs)
        where name.hasSuffix(".pack") {
            let path = "\(packs)/\(name)"
            chmod(path, 0o644)
            let size = try Data(contentsOf: URL(filePath: path)).count
            let handle = try #require(FileHandle(forUpdatingAtPath: path))
            // The middle of the pack: some object there cannot be read any more.
            try handle.seek(toOffset: UInt64(size / 2))
            try handle.write(contentsOf: Data("XXXXXXXX".utf8))
            try handle.close()
        }
        let run = try fleet.expect(1, "store", "copy", fleet.ledger, copy)
        #expect(run.says("--repair --from"), "\(run)")
    }

    @Test(arguments: [
        ["store", "copy", "only-one"], ["store", "copy", "mysql://a/b", "file:x"],
        ["store", "verify", "--from", "file:x"],
    ])
    func usage(arguments: [String]) throws {
        let fleet = try FleetFixture(shards: 1)
        let run = try fleet.run(arguments)
        #expect(run.status != 0 && !run.stderr.isEmpty, "\(run)")
    }

    // MARK: repair

    @Test(
        "what is damaged or missing is fetched from a copy, folders and what they name as well",
        arguments: [
            ["production:environment"], ["production:shards"], ["production^{tree}"],
            ["production:shards", "production:environment", "production~1"],
        ])
    func repairsFromACopy(revisions: [String]) throws {
        let fleet = try convergedFleet()
        let copy = fleet.folder.path + "/copy.git"
        try fleet.expect(0, "store", "copy", fleet.ledger, copy)
        let files = try revisions.map { try file(of: $0, fleet) }
        for (number, path) in files.enumerated() {
            if number % 2 == 0 {
                try damage(path)
            } else {
                try FileManager.default.removeItem(atPath: path)
            }
        }
        try fleet.expect(1, "store", "verify")
        let run = try fleet.expect(0, "store", "verify", "--repair", "--from", "file:\(copy)")
        #expect(run.says("fetched", "all sound"), "\(run)")
        #expect(try fleet.ledgerGit("fsck", "--full", "--strict") == "")
        try fleet.expect(0, "store", "verify")
        try fleet.expect(0, "reconcile")
    }

    @Test func whatIsMadeAgainIsForgottenAndTheRestIsNamedWithWhatItMeans() throws {
        let fleet = try convergedFleet()
        let text = try fleet.ledgerGit("ls-tree", "-r", "--name-only", "production", "normalised")
            .split(separator: "\n").first
        let normalised = try file(of: "production:\(text ?? "")", fleet)
        let history = try file(of: "production~1:environment", fleet)
        try damage(normalised)
        try damage(history)
        let run = try fleet.expect(1, "store", "verify", "--repair")
        #expect(run.says("forgotten; the next pass makes it again"), "\(run)")
        try fleet.change("orders.sql", FleetFixture.orders)
        let plan = try fleet.run("plan")
        // The plan asks for an approval: the pass got as far as that.
        #expect(plan.status == 3, "\(plan)")
        // What the history alone holds is left, and named.
        let left = try fleet.expect(1, "store", "verify", "--repair")
        #expect(left.says("1 problem", "part of the history only"), "\(left)")
    }
}
