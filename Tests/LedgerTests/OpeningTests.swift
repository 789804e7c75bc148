import Basics
import Foundation
import TestSupport
import Testing

@testable import Ledger

@Suite("Only a ledger is opened as one")
struct OpeningTests {
    private let document = LedgerPath("fleet", "shop", "0")

    private func code(opening path: String) -> LedgerError.Code? {
        ledgerError { _ = try Ledger.open(path: path) }?.code
    }

    @Test func readingMakesNothing() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/state/ledger.git"
        let ledger = try Ledger.open(path: path)
        #expect(try !ledger.isThere)
        #expect(try ledger.environments() == [])
        #expect(try ledger.snapshot("production") == nil)
        #expect(ledgerError { _ = try ledger.verify() }?.code == .missing)
        #expect(ledgerError { try ledger.requireMade() }?.message.contains(path) == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
        // An empty folder stays empty, too.
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        #expect(try ledger.snapshot("production") == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [])
    }

    @Test func readerSeesWhatAnotherMakesMeanwhile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/ledger.git"
        let reader = try Ledger.open(path: path)
        #expect(try reader.snapshot("production") == nil)
        let writer = try Ledger.open(path: path)
        try writer.transact(
            "production", actor: LedgerFixture.ada,
            event: LedgerEvent("noted", subject: "Note it"), time: LedgerFixture.start
        ) { draft in
            try draft.set(document, Array("1".utf8))
            return .commit
        }
        #expect(try reader.isThere)
        #expect(try reader.snapshot("production")?.read(document) == Array("1".utf8))
    }

    @Test func whatIsPutThereMeanwhileAndIsNoLedgerIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/ledger.git"
        let reader = try Ledger.open(path: path)
        try folder.write("text", to: "ledger.git/file")
        #expect(ledgerError { _ = try reader.snapshot("production") }?.code == .notALedger)
        #expect(
            ledgerError { _ = try reader.lease("production", holder: "me") }?.code
                == .notALedger)
    }

    @Test func leaseMakesTheLedger() throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger.open(path: folder.path + "/ledger.git")
        _ = try ledger.lease("production", holder: "me")
        #expect(try ledger.isThere)
    }

    @Test func createsOnceAndFindsAgain() throws {
        let fixture = try LedgerFixture()
        try fixture.record(document, "1")
        #expect(try fixture.reopened().snapshot("production")?.read(document) == Array("1".utf8))
        #expect(try fixture.git("rev-parse", "--is-bare-repository") == "true")
    }

    @Test func manyProcessesMayCreateItAtOnce() throws {
        let folder = try TemporaryFolder()
        let results = Workers.map(Array(0..<8), total: 8, perKey: 8, key: { _ in 0 }) { _ in
            Result {
                let ledger = try Ledger.open(path: folder.path + "/new/ledger.git")
                try ledger.make()
                return try ledger.environments()
            }
        }
        for result in results { #expect(try result.get() == []) }
    }

    @Test func refusesWhatIsNoLedger() throws {
        let folder = try TemporaryFolder()
        try folder.write("text", to: "file")
        try folder.write("text", to: "folder/file")
        try Shell.check("git", ["init", "--quiet", folder.path + "/work"])
        #expect(code(opening: folder.path + "/file") == .notALedger)
        #expect(code(opening: folder.path + "/folder") == .notALedger)
        #expect(code(opening: folder.path + "/work") == .notALedger)
        #expect(code(opening: folder.path + "/file/below") == .io)
        // Nothing was created beside what lies there.
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/folder") == ["file"]
        )
    }

    @Test func refusesTheSchemaRepositoryAndANewerLayout() throws {
        let folder = try TemporaryFolder()
        let git = { (arguments: [String]) throws in
            _ = try Shell.check("git", ["-C", folder.path] + arguments)
        }
        try git(["init", "--quiet", "--initial-branch=main", "work"])
        try git([
            "-C", "work", "-c", "user.name=x", "-c", "user.email=x@example.com", "commit",
            "--quiet", "--allow-empty", "-m", "Schema",
        ])
        try git(["clone", "--quiet", "--bare", "work", "bare.git"])
        #expect(code(opening: folder.path + "/bare.git") == .notALedger)
        let fixture = try LedgerFixture()
        try fixture.git("config", "plumb.ledgerversion", "3")
        #expect(code(opening: fixture.path) == .notALedger)
    }

    @Test("an earlier layout is read, and marked as the present one when it is moved")
    func raisesTheMark() throws {
        let fixture = try LedgerFixture()
        try fixture.record(document, "1")
        #expect(try fixture.git("config", "plumb.ledgerversion") == "2")
        try fixture.git("config", "plumb.ledgerversion", "1")
        let ledger = try Ledger.open(path: fixture.path)
        #expect(try ledger.snapshot("production")?.read(document) == Array("1".utf8))
        #expect(try fixture.git("config", "plumb.ledgerversion") == "1")
        try ledger.raiseMark()
        #expect(try fixture.git("config", "plumb.ledgerversion") == "2")
        let nowhere = try Ledger.open(path: fixture.path + "-nowhere")
        try nowhere.raiseMark()
        #expect(try !nowhere.isThere)
    }

    @Test func aCloneOfALedgerIsALedger() throws {
        let fixture = try LedgerFixture()
        try fixture.record(document, "1")
        try fixture.git("clone", "--quiet", "--mirror", fixture.path, fixture.folder + "/copy.git")
        let copy = try Ledger.open(path: fixture.folder + "/copy.git")
        #expect(try copy.snapshot("production")?.read(document) == Array("1".utf8))
    }
}
