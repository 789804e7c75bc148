import Diff
import Execution
import Foundation
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Layout 1 becomes layout 2 once, whole, and only by a write")
struct Layout1MoveTests {
    private func earlier() throws -> StoreFixture {
        try StoreFixture { try Layout1Fixture.copyLedger(to: $0) }
    }

    /// Every document but those that both layouts have at the same place.
    private func documents(_ snapshot: RecordSnapshot) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for path in try snapshot.paths(below: .root)
        where path != RecordPath.layout && path != RecordPath.environment {
            found[path.encoded] = try snapshot.read(path)
        }
        return found
    }

    @Test("what is read before the move is what lies there after it")
    func readingIsMoving() throws {
        let fixture = try earlier()
        let objects = try fixture.git("count-objects", "-v")
        let read = try documents(fixture.snapshot())
        let folder = try fixture.snapshot().list(LedgerPath("approvals"))
        #expect(try fixture.git("count-objects", "-v") == objects)
        try fixture.change { _ in }
        let moved = try fixture.snapshot()
        #expect(try documents(moved) == read)
        #expect(try moved.list(LedgerPath("approvals")) == folder)
        #expect(try moved.read(RecordPath.layout) == Array("2\n".utf8))
        #expect(try fixture.ledger.verify().problems == [])
        #expect(try moved.openRollouts().map(\.record.id) == [Layout1Fixture.rollouts[3]])
        #expect(try moved.rolloutIDs() == Layout1Fixture.rollouts.sorted())
    }

    @Test("many processes move it once, and each event after that stands once")
    func racing() throws {
        let fixture = try earlier()
        let before = try fixture.events().count
        let stores = try (0..<4).map { _ in try fixture.otherStore() }
        let ended = Workers.map(Array(0..<4), total: 4, perKey: 4, key: { _ in 0 }) { number in
            Result {
                try stores[number].transact(LedgerEvent("test", subject: "Test \(number)")) {
                    draft throws(LedgerError) in
                    try draft.set(LedgerPath("notes", "\(number)"), json: number)
                    return .commit
                }
            }
        }
        for result in ended { try result.get() }
        let events = try fixture.events()
        #expect(events.count == before + 5)
        #expect(events.prefix(5).filter { $0 != "test" } == ["layout-moved"])
        #expect(events[4] == "layout-moved")
        #expect(try fixture.git("config", "plumb.ledgerversion") == "2")
    }

    @Test("a ledger that never was in layout 1 is not moved")
    func fresh() throws {
        let fixture = try StoreFixture()
        try fixture.change { _ in }
        try fixture.change { _ in }
        #expect(try fixture.events() == ["test", "test"])
        #expect(try fixture.snapshot().read(RecordPath.layout) == Array("2\n".utf8))
    }

    @Test(
        "where the mark cannot be raised nothing is moved; where it was and the move was not, it is"
    )
    func markFirst() throws {
        let fixture = try earlier()
        let before = try fixture.git("rev-parse", "production")
        let lock = fixture.path + "/config.lock"
        try Data().write(to: URL(fileURLWithPath: lock))
        #expect(throws: LedgerError.self) { try fixture.change { _ in } }
        #expect(try fixture.git("rev-parse", "production") == before)
        try FileManager.default.removeItem(atPath: lock)
        // As a process left it that died between the two.
        try fixture.ledger.raiseMark()
        #expect(try fixture.git("rev-parse", "production") == before)
        #expect(try fixture.snapshot().openRollouts().count == 1)
        try fixture.otherStore().transact(LedgerEvent("test", subject: "Test")) {
            _ throws(LedgerError) in .nothing
        }
        #expect(try fixture.events().first == "layout-moved")
    }

    @Test("environments of one ledger move one by one, each with its own first write")
    func environments() throws {
        let fixture = try earlier()
        _ = try fixture.git("branch", "staging", "production")
        let read = try documents(fixture.snapshot())
        try fixture.change { _ in }
        let other = try #require(try fixture.store.snapshot(of: "staging"))
        #expect(try other.history(limit: 1).first?.event.kind == "operation-started")
        #expect(try documents(other) == read)
        #expect(try other.read(RecordPath.layout) == nil)
        let staging = LedgerStore(
            ledger: fixture.ledger, environment: "staging", actor: fixture.store.actor,
            clock: fixture.clock)
        try staging.transact(LedgerEvent("test", subject: "Test")) { _ throws(LedgerError) in
            .nothing
        }
        let moved = try #require(try staging.snapshot())
        #expect(try moved.history(limit: 1).first?.event.kind == "layout-moved")
        #expect(try documents(moved) == read)
    }

    @Test("a newer layout is neither read nor written")
    func newer() throws {
        let fixture = try StoreFixture()
        try fixture.write([(RecordPath.layout, "3\n")])
        let before = try fixture.git("rev-parse", "production")
        for act in [{ _ = try fixture.store.snapshot() }, { try fixture.change { _ in } }] {
            let error = #expect(throws: LedgerError.self) { try act() }
            #expect(error?.code == .invalid)
            #expect(error?.fault.contains("layout `3`, and this plumb knows 1 and 2") == true)
        }
        #expect(try fixture.git("rev-parse", "production") == before)
        // One that moved on under a store that has written already.
        let other = try StoreFixture()
        try other.change { _ in }
        try other.write([(RecordPath.layout, "3\n")])
        #expect(throws: LedgerError.self) { try other.change { _ in } }
    }

    @Test("names that are digits, and documents that nobody knows, find their place")
    func hostileNames() throws {
        let fixture = try StoreFixture()
        let shards = ["0", "a", "f/0", "%", "", ".."]
        let record = sampleRecord(["t": "x", "a/b": "y"])
        let text = String(decoding: try CanonicalJSON.encode(record), as: UTF8.self)
        try fixture.write(
            shards.map { (LedgerPath("fleet", "0", $0), text) }
                + [(LedgerPath("notes"), "mine"), (LedgerPath("refusals", "0", "1", "2"), "{}")])
        let expected = Dictionary(
            uniqueKeysWithValues: shards.map {
                (ShardID(namespace: "0", shard: $0), record)
            })
        #expect(try LedgerQueries.shards(in: fixture.snapshot()) == expected)
        try fixture.change { _ in }
        #expect(try LedgerQueries.shards(in: fixture.snapshot()) == expected)
        #expect(try fixture.snapshot().read(LedgerPath("notes")) == Array("mine".utf8))
        let key = OperationKey(shard: ShardID(namespace: "0", shard: "1"), object: "2")
        #expect(try fixture.snapshot().read(RecordPath.refusal(key)) == Array("{}".utf8))
    }

    @Test("what cannot be read is not moved, and nothing is written")
    func damaged() throws {
        let documents: [(LedgerPath, String)] = [
            (LedgerPath("fleet", "shop", "0"), "{"), (LedgerPath("plans", "12"), "{}"),
            (LedgerPath("approvals", digest("a").hex), "{}"),
            (LedgerPath("rollouts", "r1", "rollout"), "{}"),
            (LedgerPath("pending", "shop", "0", "t"), "{}"),
            (LedgerPath("proofs", "profile", digest("a").hex), "{}"),
        ]
        for document in documents {
            let fixture = try StoreFixture()
            try fixture.write([document])
            let before = try fixture.git("rev-parse", "production")
            let error = #expect(throws: LedgerError.self, "\(document)") {
                try fixture.change { _ in }
            }
            #expect(error?.code == .damaged)
            #expect(error?.fault.contains(document.0.encoded) == true, "\(document)")
            #expect(try fixture.git("rev-parse", "production") == before)
            #expect(throws: LedgerError.self) {
                try fixture.snapshot().list(RecordPath.shards)
            }
        }
    }

    @Test("records of approvals of every earlier release are the same after the move")
    func approvals() throws {
        let step = sampleStep(shards: ["s0", "s1"], hazard: .irreversible)
        let now = sampleTime()
        let changes: [(String, isOver: Bool, (inout ApprovalRecord) -> Void)] = [
            ("open", false, { _ in }),
            ("half used", false, { $0.use(on: "s0", by: "r1/commerce/s0/orders", at: now) }),
            (
                "used", true,
                {
                    $0.use(on: "s0", by: "r1/commerce/s0/orders", at: now)
                    $0.use(on: "s1", by: "r1/commerce/s1/orders", at: now)
                    $0.use(on: "s1", by: "r2/commerce/s1/orders", at: now)
                }
            ),
            ("used early", true, { $0.consumed = ["s0": "r1", "s1": "r1"] }),
            ("half used early", false, { $0.consumed = ["s0": "r1"] }),
            (
                "used early and now", true,
                {
                    $0.consumed = ["s0": "r1"]
                    $0.use(on: "s1", by: "r2/commerce/s1/orders", at: now)
                }
            ),
            ("no uses", false, { $0.uses = [] }),
            (
                "denied", false,
                {
                    $0.use(on: "s0", by: "r1/commerce/s0/orders", at: now)
                    $0.use(on: "s1", by: "r1/commerce/s1/orders", at: now)
                    $0.decision = .deny
                }
            ),
        ]
        for (name, isOver, change) in changes {
            let fixture = try StoreFixture()
            var record = try sampleApproval(step)
            change(&record)
            let path = LedgerPath("approvals", record.digest.hex)
            let text = String(decoding: try CanonicalJSON.encode(record), as: UTF8.self)
            try fixture.write([(path, text)])
            for moves in [false, true] {
                if moves { try fixture.change { _ in } }
                let snapshot = try fixture.snapshot()
                #expect(try snapshot.approval(record.digest) == record, "\(name)")
                let found = try snapshot.approvals(about: [step], and: [])
                #expect(found == (isOver ? [] : [record]), "\(name)")
                #expect(try snapshot.approvals(about: [], and: [record.digest]) == [record])
                #expect(try LedgerQueries.approvals(in: snapshot) == [record])
            }
        }
    }
}
