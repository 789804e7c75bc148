import Foundation
import Ledger
import TestSupport
import Testing

@testable import Reconciler

@Suite("The daemon keeps the ledger small by itself, and never in anybody's way")
struct HousekeepingTests {
    private func housekeeping(
        _ fixture: StoreFixture, keepSeconds: Int64? = nil
    ) -> Housekeeping {
        Housekeeping(
            store: fixture.store, keepSeconds: keepSeconds, lifetimeSeconds: 86_400,
            holder: "a test")
    }

    /// A ledger that has grown enough: three documents of five million bytes that nothing shortens.
    private func grown() throws -> StoreFixture {
        let fixture = try StoreFixture()
        for number in 0..<3 {
            var random = SeededGenerator(seed: UInt64(number))
            let bytes = (0..<625_000).flatMap { _ in
                withUnsafeBytes(of: UInt64.random(in: 0...UInt64.max, using: &random)) { Array($0) }
            }
            try fixture.change { draft throws(LedgerError) in
                try draft.set(LedgerPath("large", "\(number)"), bytes)
            }
        }
        return fixture
    }

    private func packs(_ fixture: StoreFixture) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: fixture.path + "/objects/pack"))
    }

    @Test func aSmallLedgerIsLeftAlone() throws {
        let fixture = try StoreFixture()
        #expect(try !housekeeping(fixture).runWhereIdle())
        for number in 0..<5 { try fixture.write([(LedgerPath("a"), "\(number)")]) }
        let before = try packs(fixture)
        #expect(try !housekeeping(fixture).runWhereIdle())
        #expect(try packs(fixture) == before)
    }

    @Test func aLedgerThatGrewIsCompactedOnce() throws {
        let fixture = try grown()
        let before = try fixture.git("cat-file", "--batch-check", "--batch-all-objects")
        #expect(try packs(fixture).count > 2)
        #expect(try housekeeping(fixture).runWhereIdle())
        #expect(try packs(fixture).filter { $0.hasSuffix(".pack") }.count == 1)
        #expect(try fixture.git("cat-file", "--batch-check", "--batch-all-objects") == before)
        #expect(try !housekeeping(fixture).runWhereIdle())
        // The handle that was open goes on.
        #expect(try fixture.snapshot().read(LedgerPath("large", "0"))?.count == 5_000_000)
        try fixture.write([(LedgerPath("a"), "1")])
    }

    @Test("nothing is compacted while a statement's outcome is open, in whatever environment")
    func waitsForRecovery() throws {
        let fixture = try grown()
        try fixture.ledger.transact(
            "staging", actor: fixture.store.actor, event: LedgerEvent("test", subject: "Test"),
            time: fixture.clock.now.date
        ) { draft in
            try draft.set(RecordPath.pendingFolder.appending("one"), Array("{}".utf8))
            return .commit
        }
        let before = try packs(fixture)
        #expect(try !housekeeping(fixture).runWhereIdle())
        #expect(try packs(fixture) == before)
    }

    @Test func whatIsToLeaveTheTreeWaitsForTheEnvironment() throws {
        let fixture = try grown()
        let other = try Ledger.open(path: fixture.path)
        let lease = try other.lease("production", holder: "somebody")
        let before = try packs(fixture)
        #expect(try !housekeeping(fixture, keepSeconds: 86_400).runWhereIdle())
        #expect(try packs(fixture) == before)
        let error = #expect(throws: LedgerError.self) {
            try housekeeping(fixture, keepSeconds: 86_400).run()
        }
        #expect(error?.code == .locked)
        withExtendedLifetime(lease) {}
    }
}
