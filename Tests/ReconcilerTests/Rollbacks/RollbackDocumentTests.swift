import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Rollbacks in the ledger")
struct RollbackDocumentTests {
    private static func record(_ id: String) -> RollbackRecord {
        RollbackRecord(
            id: id, rollout: "x\(id)", actor: "ada", reason: "slow", at: "2026-11-29T12:00:00Z",
            groups: [
                .init(
                    namespace: "app", shards: ["s0"],
                    objects: [
                        .init(
                            object: ObjectName(.view, "v"), renamedFrom: nil,
                            unwanted: digest("b"), wanted: nil)
                    ])
            ])
    }

    private func store(_ folder: TemporaryFolder) throws -> LedgerStore {
        LedgerStore(
            ledger: try Ledger.open(path: folder.path + "/ledger.git"), environment: "production",
            actor: LedgerActor(name: "Ada", email: "ada@example.com"), clock: SimulatedClock())
    }

    private func set(_ records: [RollbackRecord], in store: LedgerStore) throws {
        try store.transact(LedgerEvent("test", subject: "Set")) { draft throws(LedgerError) in
            try draft.setRollbacks(records)
            return .commit
        }
    }

    @Test func areReadAsTheyWereWritten() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder)
        let records = [Self.record("1"), Self.record("2")]
        try set(records, in: store)
        #expect(try store.snapshot()?.rollbacks() == records)
        #expect(
            try LedgerQueries(store: store).rollbacks().map(\.objects) == [
                ["view app.v"], ["view app.v"],
            ])
        try set([], in: store)
        #expect(try store.snapshot()?.rollbacks().isEmpty == true)
        #expect(try store.snapshot()?.read(RecordPath.rollbacks) == nil)
    }

    /// What a later release holds back must not be rolled out by this one.
    @Test func ofALaterReleaseStopEveryPass() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder)
        var record = Self.record("1")
        record.version = 2
        try set([record], in: store)
        #expect(throws: LedgerError.self) { try store.snapshot()?.rollbacks() }
    }

    @Test func aPlanThatDoesNotKnowThemOpensNothing() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder)
        try set([Self.record("1")], in: store)
        for (known, isSame) in [
            ([], false), ([Self.record("2")], false), ([Self.record("1")], true),
        ] {
            var refusal: LedgerError?
            try store.transact(LedgerEvent("test", subject: "Look")) { draft in
                do throws(LedgerError) {
                    try draft.requireSameRollbacks(as: known)
                } catch {
                    refusal = error
                }
                return .nothing
            }
            #expect((refusal == nil) == isSame)
            #expect(refusal == nil || refusal?.code == .lostRace)
        }
    }
}
