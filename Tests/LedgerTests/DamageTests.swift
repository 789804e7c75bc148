import Basics
import Foundation
import Git
import Schema
import TestSupport
import Testing

@testable import Ledger

@Suite("Damage is named, never taken for absence")
struct DamageTests {
    private let document = LedgerPath("fleet", "shop", "0")

    /// A ledger with one document, and the names of its objects.
    private func ledger() throws -> (LedgerFixture, blob: String, tree: String, commit: String) {
        let fixture = try LedgerFixture()
        let commit = try fixture.record(document, "{\"status\":\"inSync\"}\n")
        return (
            fixture, try fixture.git("rev-parse", "production:fleet/shop/0"),
            try fixture.git("rev-parse", "production:fleet"), commit.hex
        )
    }

    @Test func aSoundLedgerVerifies() throws {
        let (fixture, _, _, _) = try ledger()
        try fixture.record(LedgerPath("catalog", Digest(of: "x").hex), "x", in: "staging")
        let report = try fixture.ledger.verify()
        #expect(report.problems == [] && report.isSound && report.strayFiles == [])
        #expect(report.environments == ["production", "staging"])
        #expect(report.commits == 2 && report.objects == 5 + 4)
    }

    @Test(arguments: ["blob", "tree", "commit"], ["flipped", "swapped", "missing", "empty"])
    func namesTheDamagedObject(which: String, how: String) throws {
        let (fixture, blob, tree, commit) = try ledger()
        let id = ["blob": blob, "tree": tree, "commit": commit][which] ?? ""
        let file = fixture.looseFile(id)
        switch how {
        case "flipped":
            var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            bytes[bytes.count / 2] ^= 0xff
            try fixture.overwrite(file, bytes)
        case "swapped":
            // Well-formed, of the same kind, and yet another object.
            try fixture.record(LedgerPath("fleet", "shop", "other"), "{}\n", in: "other")
            let other = try fixture.git(
                "rev-parse",
                ["blob": "other:fleet/shop/other", "tree": "other:fleet", "commit": "other"][which]
                    ?? "")
            try fixture.overwrite(
                file, try Data(contentsOf: URL(fileURLWithPath: fixture.looseFile(other))))
        case "missing": try FileManager.default.removeItem(atPath: file)
        default: try fixture.overwrite(file, Data())
        }
        let ledger = try fixture.reopened()
        let error = ledgerError { _ = try ledger.snapshot("production")?.read(document) }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains(id) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("plumb store verify") == true)
        let problem = try ledger.verify().problems.first { $0.object == id }
        #expect(problem?.kind == (how == "missing" ? .missingObject : .damagedObject))
        #expect(problem?.message.contains("restore objects/\(id.prefix(2))/") == true)
        let places = [
            "blob": "production:fleet/shop/0", "tree": "production:fleet", "commit": "production",
        ]
        #expect(problem?.place == places[which])
        // A damaged ledger takes no transition on top of what it cannot read.
        if which == "commit" {
            #expect(ledgerError { try fixture.record(document, "2") }?.code == .damaged)
        }
    }

    @Test(arguments: ["", "not an object name\n", String(repeating: "0", count: 39) + "1\n"])
    func aBrokenBranchIsNotAnUnbornOne(content: String) throws {
        let (fixture, _, _, _) = try ledger()
        try fixture.overwrite(fixture.path + "/refs/heads/production", Data(content.utf8))
        let ledger = try fixture.reopened()
        #expect(ledgerError { _ = try ledger.snapshot("production") }?.code == .damaged)
        #expect(ledgerError { try fixture.record(document, "2") }?.code == .damaged)
        #expect(try !ledger.verify().isSound)
    }

    @Test func anUnreachableDamagedObjectIsFoundToo() throws {
        let (fixture, _, _, _) = try ledger()
        let id = try GitCommand.run(
            ["hash-object", "-w", "--stdin"], in: fixture.path, input: "stray")
        #expect(try fixture.ledger.verify().isSound)
        try fixture.overwrite(fixture.looseFile(id), Data("damage".utf8))
        #expect(
            try fixture.ledger.verify().problems.map { "\($0.kind) \($0.place) \($0.object)" }
                == ["damagedObject no branch (unreachable) \(id)"])
    }

    /// Of a pack and an index, also where every object can be read elsewhere.
    @Test(arguments: [".pack", ".idx"], [false, true])
    func aDamagedFileIsNamed(suffix: String, isElsewhere: Bool) throws {
        let (fixture, _, _, _) = try ledger()
        let folder = fixture.path + "/objects/pack"
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(suffix) })
        if isElsewhere {
            try Shell.check("cp", ["-a", folder, fixture.path + "/saved"])
            try GitCommand.unpackObjects(of: fixture.path)
            try Shell.check("sh", ["-c", "mv saved/* objects/pack"], folder: fixture.path)
        }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
        // A checksum in the index; an object in the pack.
        bytes[suffix == ".idx" ? bytes.count - 50 : bytes.count / 2] ^= 1
        try fixture.overwrite("\(folder)/\(name)", bytes)
        let report = try fixture.reopened().verify()
        let problem = try #require(report.problems.first)
        #expect(problem.kind == .damagedFile && problem.place == "objects/pack/\(name)")
        #expect(!report.isSound)
    }

    @Test func aDocumentMustBeWhatItsPlaceSays() throws {
        let fixture = try LedgerFixture()
        let good = Digest(of: "CREATE TABLE a (id INT)").hex
        let bad = Digest(of: "something else").hex
        let documents: [(LedgerPath, String)] = [
            (LedgerPath("catalog", good), "CREATE TABLE a (id INT)"),
            (LedgerPath("catalog", bad), "CREATE TABLE a (id INT)"),
            (LedgerPath("fleet", "shop", "0"), "{}"), (LedgerPath("fleet", "shop", "1"), "{"),
            (LedgerPath("approvals", good), "not JSON"), (LedgerPath("plans", "1", "plan"), "[]"),
            (LedgerPath("rollouts", "1", "operations", "shop", "0", "a"), "{"),
            (LedgerPath("pending", "a"), ""), (LedgerPath("notes"), "free text"),
        ]
        for (path, text) in documents { try fixture.record(path, text) }
        let problems = try fixture.ledger.verify().problems.map { "\($0.kind) \($0.place)" }
        #expect(
            problems == [
                "badDocument production:approvals/\(good)",
                "badDocument production:catalog/\(bad)",
                "badDocument production:fleet/shop/1", "badDocument production:pending/a",
                "badDocument production:rollouts/1/operations/shop/0/a",
            ])
    }

    @Test("in layout 2, too, and below the digits of its name")
    func aDocumentOfLayout2MustBeWhatItsPlaceSays() throws {
        let fixture = try LedgerFixture()
        let text = #"{"a":1}"#
        let good = Digest(of: text).hex
        let bad = good.replacing(good.suffix(1), with: good.hasSuffix("0") ? "1" : "0")
        let digits = good.prefix(2).map { String($0) }
        let steps = ["rollouts", "a", "b", "r1", "steps"] + digits
        let documents: [(isGood: Bool, path: [String], text: String)] = [
            (true, ["layout"], "2\n"),
            (true, ["catalog"] + digits + [good], text),
            (false, ["catalog"] + digits + [bad], text),
            (false, ["catalog", "x", "y", good], text),
            (true, ["plans"] + digits + [bad], text), (false, ["plans", "x", "y", bad], text),
            (false, ["plans"] + digits + [good], "{"),
            (true, ["approvals"] + digits + [good, "binding"], text),
            (false, ["approvals"] + digits + [bad, "binding"], text),
            (true, ["approvals"] + digits + [good, "uses", "0", "0", "0", "binding"], "[]"),
            (false, ["approvals"] + digits + [good, "uses", "0", "0", "0", "s0"], "["),
            (true, steps + [good], text), (false, steps + [bad], text),
            (true, ["proofs", bad] + digits + [good], text),
            (false, ["proofs", bad, "x", "y", good], text),
            (false, ["normalised", good] + digits + [bad], "-"),
            (false, ["shards", "shop", "0", "1", "2", "s0", "shard"], "{"),
            (false, ["open", "r1"], ""), (false, ["awaiting", "0", "1", "shop/t", good], "{"),
        ]
        for (_, path, text) in documents { try fixture.record(LedgerPath(path), text) }
        let found = try fixture.ledger.verify().problems.map { "\($0.kind) \($0.place)" }
        let expected = documents.filter { !$0.isGood }.map {
            "badDocument production:\(LedgerPath($0.path).encoded)"
        }
        #expect(found.sorted() == expected.sorted())
    }

    @Test func aCommitThatNobodyRecordedIsForeign() throws {
        let (fixture, _, _, _) = try ledger()
        let foreign = try fixture.git(
            "-c", "user.name=x", "-c", "user.email=x@example.com", "commit-tree",
            "production^{tree}", "-p", "production", "-m", "By hand")
        try fixture.git("update-ref", "refs/heads/production", foreign)
        #expect(
            try fixture.ledger.verify().problems.map { "\($0.kind) \($0.place) \($0.object)" }
                == ["foreignCommit production \(foreign)"])
        let snapshot = try #require(try fixture.ledger.snapshot("production"))
        #expect(ledgerError { _ = try snapshot.history(limit: 1) }?.code == .damaged)
    }

    @Test func anUnwritableStoreMovesNothing() throws {
        let (fixture, _, _, commit) = try ledger()
        // Holds for root too, whom no rights on a folder stop.
        try FileManager.default.moveItem(
            atPath: fixture.path + "/refs/heads", toPath: fixture.path + "/refs/kept")
        try fixture.overwriteFolder("refs/heads")
        let error = ledgerError { try fixture.record(document, "2") }
        #expect(error?.code == .io)
        try FileManager.default.removeItem(atPath: fixture.path + "/refs/heads")
        try FileManager.default.moveItem(
            atPath: fixture.path + "/refs/kept", toPath: fixture.path + "/refs/heads")
        #expect(try fixture.reopened().snapshot("production")?.commit.hex == commit)
    }
}

extension LedgerFixture {
    /// Puts a file where a folder was.
    fileprivate func overwriteFolder(_ name: String) throws {
        try Data().write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }
}
