import Basics
import TestSupport
import Testing

@testable import Ledger

@Suite("The documents of a folder are read together")
struct ReadAllTests {
    private let folder = LedgerPath("fleet", "shop")

    @Test func readsEveryDocumentAndNoFolder() throws {
        let fixture = try LedgerFixture()
        try fixture.record(folder.appending("-40"), "[1]")
        try fixture.record(folder.appending("40/80"), "[1]")
        try fixture.record(folder.appending("80-"), "[2]")
        try fixture.record(folder.appending("deeper").appending("x"), "[3]")
        let snapshot = try #require(try fixture.ledger.snapshot("production"))
        #expect(
            try snapshot.readAll([Int].self, in: folder) == [
                "-40": [1], "40/80": [1], "80-": [2],
            ])
        #expect(try snapshot.readAll([Int].self, in: LedgerPath("nowhere")).isEmpty)
    }

    @Test func namesTheDocumentThatIsDamaged() throws {
        let fixture = try LedgerFixture()
        try fixture.record(folder.appending("good"), "[1]")
        try fixture.record(folder.appending("odd"), "{}")
        let snapshot = try #require(try fixture.ledger.snapshot("production"))
        let error = ledgerError { _ = try snapshot.readAll([Int].self, in: folder) }
        #expect(error?.code == .damaged)
        #expect(error?.message.hasPrefix("fleet/shop/odd: ") == true)
    }
}
