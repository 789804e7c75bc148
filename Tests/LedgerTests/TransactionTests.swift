import Basics
import Foundation
import Git
import TestSupport
import Testing

@testable import Ledger

@Suite("A transition is one commit, or none")
struct TransactionTests {
    private let document = LedgerPath("fleet", "shop", "0")

    @Test func anUnbornEnvironmentHasNoSnapshot() throws {
        let fixture = try LedgerFixture()
        #expect(try fixture.ledger.snapshot("production") == nil)
        #expect(try fixture.ledger.environments() == [])
    }

    @Test func recordsDocumentsPerEnvironment() throws {
        let fixture = try LedgerFixture()
        let first = try fixture.record(document, "1", in: "staging")
        try fixture.record(document, "2", in: "production")
        #expect(try fixture.text(document, in: "staging") == "1")
        #expect(try fixture.text(document, in: "production") == "2")
        #expect(try fixture.ledger.snapshot("staging")?.commit == first)
        #expect(try fixture.reopened().environments() == ["production", "staging"])
    }

    @Test func gitReadsTheEvents() throws {
        let fixture = try LedgerFixture()
        let event = LedgerEvent(
            "operation-completed", subject: "Add a column to orders\nof shop/0",
            key: "shop/0/orders", reason: "Asked for by\nthe shop team")
        let commit = try fixture.record(document, "{}\n", event: event)
        #expect(
            try fixture.git("log", "-1", "--format=%an <%ae>%n%at%n%B", "production")
                == """
                Ada Lovelace <ada@example.com>
                1700000000
                Add a column to orders of shop/0

                Plumb-Event: operation-completed
                Plumb-Key: shop/0/orders
                Plumb-Reason: Asked for by
                 the shop team

                """.trimmingCharacters(in: .newlines))
        #expect(
            try fixture.git("log", "-1", "--format=%(trailers:key=Plumb-Key,valueonly)")
                .trimmingCharacters(in: .newlines) == "shop/0/orders")
        #expect(try fixture.git("show", "\(commit.hex):fleet/shop/0") == "{}")
        #expect(try fixture.git("rev-parse", "--abbrev-ref", "HEAD") == "production")
        #expect(try fixture.git("fsck", "--strict", "--full") == "")
        var read = event
        read.subject = "Add a column to orders of shop/0"
        #expect(
            try fixture.ledger.snapshot("production")?.history(limit: 5) == [
                LedgerRecord(
                    commit: commit, time: LedgerFixture.start, actor: LedgerFixture.ada,
                    event: read)
            ])
    }

    @Test func historyIsNewestFirstAndBounded() throws {
        let fixture = try LedgerFixture()
        for number in 1...4 {
            try fixture.record(
                document, "\(number)", event: LedgerEvent("noted", subject: "Number \(number)"))
        }
        let snapshot = try #require(try fixture.ledger.snapshot("production"))
        #expect(
            try snapshot.history(limit: 3).map(\.event.subject)
                == ["Number 4", "Number 3", "Number 2"])
        let oldest = try #require(try snapshot.history(limit: 9).last?.commit)
        #expect(
            try fixture.ledger.snapshot("production", at: oldest).read(document)
                == Array("1".utf8))
    }

    @Test func nothingToRecordIsNoCommit() throws {
        let fixture = try LedgerFixture()
        let before = try fixture.record(document, "1")
        let result = try fixture.ledger.transact(
            "production", actor: LedgerFixture.ada, event: LedgerEvent("noted", subject: "No"),
            time: LedgerFixture.start
        ) { draft in
            try draft.set(document, Array("2".utf8))
            return .nothing
        }
        #expect(result == nil)
        #expect(try fixture.ledger.snapshot("production")?.commit == before)
        #expect(try fixture.text(document) == "1")
    }

    @Test func whatTheBodyThrowsIsThrownAndNothingRecorded() throws {
        struct Refused: Error {}
        let fixture = try LedgerFixture()
        let before = try fixture.record(document, "1")
        #expect(throws: Refused.self) {
            try fixture.ledger.transact(
                "production", actor: LedgerFixture.ada,
                event: LedgerEvent("noted", subject: "No"), time: LedgerFixture.start
            ) { draft in
                try draft.set(document, [])
                throw Refused()
            }
        }
        #expect(try fixture.ledger.snapshot("production")?.commit == before)
    }

    @Test func aDraftReadsItsOwnChanges() throws {
        let fixture = try LedgerFixture()
        for name in ["0", "1", "2"] { try fixture.record(LedgerPath("fleet", "shop", name), name) }
        try fixture.record(LedgerPath("fleet", "bank", "0"), "b")
        try fixture.ledger.transact(
            "production", actor: LedgerFixture.ada, event: LedgerEvent("noted", subject: "Edit"),
            time: LedgerFixture.start
        ) { draft in
            try draft.set(LedgerPath("fleet", "shop", "9"), [57])
            try draft.remove(LedgerPath("fleet", "shop", "1"))
            try draft.remove(LedgerPath("fleet", "bank", "0"))
            try draft.remove(LedgerPath("fleet", "never", "there"))
            #expect(try draft.read(LedgerPath("fleet", "shop", "9")) == [57])
            #expect(try draft.read(LedgerPath("fleet", "shop", "1")) == nil)
            #expect(try draft.read(LedgerPath("fleet", "shop", "2")) == [50])
            draft.event.key = "shop"
            return .commit
        }
        let snapshot = try #require(try fixture.ledger.snapshot("production"))
        #expect(try snapshot.list(LedgerPath("fleet", "shop")) == ["0", "2", "9"])
        #expect(try snapshot.list(LedgerPath("fleet")) == ["shop"])
        #expect(try snapshot.list(LedgerPath("nowhere")) == [])
        #expect(
            try snapshot.paths(below: .root)
                == ["0", "2", "9"].map { LedgerPath("fleet", "shop", $0) })
        #expect(try snapshot.history(limit: 1).first?.event.key == "shop")
    }

    @Test func removingEverythingLeavesAnEmptyTree() throws {
        let fixture = try LedgerFixture()
        try fixture.record(document, "1")
        try fixture.ledger.transact(
            "production", actor: LedgerFixture.ada, event: LedgerEvent("noted", subject: "Gone"),
            time: LedgerFixture.start
        ) { draft in
            try draft.remove(document)
            return .commit
        }
        #expect(try fixture.ledger.snapshot("production")?.list(.root) == [])
        #expect(try fixture.git("fsck", "--strict", "--full") == "")
    }

    @Test func aFileNeverReplacesAFolderNorAFolderAFile() throws {
        let fixture = try LedgerFixture()
        let before = try fixture.record(document, "1")
        for path in [LedgerPath("fleet", "shop"), LedgerPath("fleet", "shop", "0", "deeper")] {
            let error = ledgerError { try fixture.record(path, "x") }
            #expect(error?.code == .invalid)
        }
        #expect(ledgerError { try fixture.record(.root, "x") }?.code == .invalid)
        #expect(try fixture.ledger.snapshot("production")?.commit == before)
    }

    @Test func aLostRaceRunsTheBodyAgainOnTheNewState() throws {
        let fixture = try LedgerFixture()
        let first = try fixture.record(document, "1")
        // A commit that somebody pushes while the transition is being made.
        try fixture.record(document, "2", in: "elsewhere")
        try fixture.git("update-ref", "refs/heads/production", first.hex)
        var seen: [String?] = []
        try fixture.ledger.transact(
            "production", actor: LedgerFixture.ada, event: LedgerEvent("noted", subject: "Race"),
            time: LedgerFixture.start
        ) { draft in
            seen.append(try draft.read(document).map { String(decoding: $0, as: UTF8.self) })
            if seen.count == 1 {
                try fixture.git("update-ref", "refs/heads/production", "refs/heads/elsewhere")
            }
            try draft.set(LedgerPath("note"), Array("\(seen.count)".utf8))
            return .commit
        }
        #expect(seen == ["1", "2"])
        #expect(try fixture.text(document) == "2")
        #expect(try fixture.text(LedgerPath("note")) == "2")
    }

    @Test func anEnvironmentBornMeanwhileIsALostRaceToo() throws {
        let fixture = try LedgerFixture()
        try fixture.record(document, "2", in: "elsewhere")
        var runs = 0
        try fixture.ledger.transact(
            "production", actor: LedgerFixture.ada, event: LedgerEvent("noted", subject: "Race"),
            time: LedgerFixture.start
        ) { draft in
            runs += 1
            if runs == 1 {
                try fixture.git("update-ref", "refs/heads/production", "refs/heads/elsewhere")
            }
            try draft.set(LedgerPath("note"), Array("x".utf8))
            return .commit
        }
        #expect(runs == 2)
        #expect(try fixture.ledger.snapshot("production")?.history(limit: 9).count == 2)
    }

    @Test func aRaceThatNeverEndsIsGivenUp() throws {
        let fixture = try LedgerFixture()
        try fixture.record(document, "0")
        var runs = 0
        let error = ledgerError {
            try fixture.ledger.transact(
                "production", actor: LedgerFixture.ada,
                event: LedgerEvent("noted", subject: "Race"), time: LedgerFixture.start
            ) { draft in
                runs += 1
                let tree = try fixture.git("rev-parse", "production^{tree}")
                let next = try fixture.git(
                    "-c", "user.name=x", "-c", "user.email=x@example.com", "commit-tree", tree,
                    "-p", "production", "-m", "\(runs)\n\nPlumb-Event: other")
                try fixture.git("update-ref", "refs/heads/production", next)
                try draft.set(document, Array("mine".utf8))
                return .commit
            }
        }
        #expect(error?.code == .lostRace && error?.retry == .retryable)
        #expect(runs == Ledger.attempts)
        #expect(try fixture.text(document) == "0")
    }

    @Test(arguments: ["", ".", "..", "-x", "a/b", "a b", "x.lock", "a..b", "HEAD", "é", ".x", "x."])
    func refusesAnEnvironmentThatNoBranchCanBe(name: String) throws {
        let fixture = try LedgerFixture()
        #expect(ledgerError { _ = try fixture.ledger.snapshot(name) }?.code == .invalid)
        #expect(ledgerError { try fixture.record(document, "1", in: name) }?.code == .invalid)
        #expect(ledgerError { _ = try fixture.ledger.lease(name, holder: "x") }?.code == .invalid)
    }

    @Test func refusesAnEventThatWouldForgeTrailers() throws {
        let fixture = try LedgerFixture()
        for event in [
            LedgerEvent("a\nPlumb-Key: forged", subject: "x"), LedgerEvent("", subject: "x"),
            LedgerEvent("noted", subject: "x", key: "a\nPlumb-Event: forged"),
        ] {
            #expect(
                ledgerError { try fixture.record(document, "1", event: event) }?.code == .invalid)
        }
        try fixture.record(
            document, "1",
            event: LedgerEvent(
                "noted", subject: "x\n\nPlumb-Event: forged", reason: "y\nPlumb-Event: forged"))
        let event = try fixture.ledger.snapshot("production")?.history(limit: 1).first?.event
        #expect(event?.kind == "noted")
        #expect(event?.reason == "y\nPlumb-Event: forged")
    }

    @Test func manyDocumentsGoIntoOnePack() throws {
        let fixture = try LedgerFixture()
        let shards = (0..<1000).map { LedgerPath("fleet", "shop", "\($0)") }
        for round in 1...2 {
            try fixture.ledger.transact(
                "production", actor: LedgerFixture.ada,
                event: LedgerEvent("recorded", subject: "Round \(round)"),
                time: LedgerFixture.start
            ) { draft in
                for shard in shards { try draft.set(shard, json: ["round": "\(round) \(shard)"]) }
                return .commit
            }
        }
        let counts = try fixture.git("count-objects", "-v")
        #expect(counts.contains("count: 0\n") && counts.contains("packs: 2\n"))
        // Two rounds of 1,000 documents, three folders and a commit.
        #expect(counts.contains("in-pack: 2008\n"))
        #expect(try fixture.text(shards[999]) == "{\"round\":\"2 fleet/shop/999\"}\n")
        #expect(
            try fixture.reopened().snapshot("production")?.list(LedgerPath("fleet", "shop"))
                .count == 1000)
        #expect(try fixture.git("fsck", "--strict", "--full") == "")
    }
}
