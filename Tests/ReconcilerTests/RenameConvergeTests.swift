import Basics
import Diff
import Execution
import Foundation
import Ledger
import Model
import Reports
import Schema
import TestSupport
import Testing

@testable import Reconciler

/// One shard on which `orders` becomes `purchases` and then gets a column.
private struct RenamedShard {
    let key = OperationKey(
        shard: ShardID(namespace: "commerce", shard: "s0"), object: "purchases")
    let oldKey = OperationKey(shard: ShardID(namespace: "commerce", shard: "s0"), object: "orders")
    let fleet: SimulatedFleet
    let journal = SimulatedJournal()
    let clock = SimulatedClock()
    let record: PendingRecord

    init(old: String? = "a", new: String? = nil) {
        var tables: [OperationKey: Digest?] = [:]
        if let old { tables[oldKey] = digest(old) }
        if let new { tables[key] = digest(new) }
        fleet = SimulatedFleet(tables)
        var step = sampleStep(
            table: "purchases", shards: ["s0"], from: "a", to: "c",
            statements: [
                PlanStatement(sql: "orders > purchases", after: digest("b")),
                PlanStatement(sql: "purchases", after: digest("c")),
            ])
        step.renamedFrom = "orders"
        record = PendingRecord(
            rollout: "r1", key: key, step: step, approval: nil, startedAt: clock.now.iso,
            actor: "ada")
    }

    @discardableResult
    func run(
        _ record: PendingRecord, faults: FaultPoints = .none
    ) -> RolloutRunner.Result {
        let control = RolloutControl(rule: FailureRule(.halt), interrupt: Interrupt())
        let runner = RolloutRunner(
            opener: fleet, journal: journal, clock: clock, control: control, total: 1,
            perServer: 1, faults: faults)
        let work = RolloutRunner.ShardWork(
            shard: key.shardID, server: .tcp(host: "db", port: 3306), records: [record])
        return runner.run([work])
    }

    /// What the plan says of the table as it is live now; nil where it is done.
    func planned() -> PendingRecord? {
        let (old, new) = live
        var left = record
        left.rollout = "r2"
        if old != nil { return left }
        guard new == digest("b") else { return nil }
        left.step.renamedFrom = nil
        left.step.from = new
        left.step.statements.removeFirst()
        return left
    }

    var live: (old: Digest?, new: Digest?) {
        fleet.state.withLock { ($0.tables[oldKey] ?? nil, $0.tables[key] ?? nil) }
    }
    var executed: [String] { fleet.state.withLock { $0.executed } }
    var events: [String] { journal.state.withLock { $0.events } }
    var pending: [PendingRecord] { journal.state.withLock { Array($0.pending.values) } }
}

@Suite("A rename on a shard, whatever it finds there")
struct RenameConvergeTests {
    private static let statements = [
        "commerce/s0/purchases \(digest("b").short)", "commerce/s0/purchases \(digest("c").short)",
    ]

    @Test("from the old name to the new one, each statement verified under the name it made")
    func renames() {
        let shard = RenamedShard()
        let result = shard.run(shard.record)
        #expect(result.outcomes[shard.key]?.kind == .completed(ran: true))
        #expect(shard.executed == Self.statements)
        #expect(shard.live == (nil, digest("c")))
        #expect(
            shard.events == [
                "started commerce/s0/purchases", "operation-completed commerce/s0/purchases",
            ])
    }

    struct Found: Sendable {
        let old: String?
        let new: String?
        let kind: OperationOutcome.Kind
        var executed: [String] = []
        let recovered: ReconcileReport.Finding
    }

    static let findings = [
        Found(
            old: "a", new: nil, kind: .completed(ran: true), executed: statements,
            recovered: .notRun),
        Found(old: nil, new: "c", kind: .completed(ran: false), recovered: .completed),
        Found(
            old: nil, new: "b", kind: .completed(ran: true), executed: [statements[1]],
            recovered: .partly),
        Found(
            old: "z", new: nil, kind: .superseded(found: digest("z")), recovered: .superseded),
        Found(
            old: nil, new: "z", kind: .superseded(found: digest("z")), recovered: .superseded),
        Found(old: nil, new: nil, kind: .superseded(found: nil), recovered: .superseded),
        // The new table is what was planned, but the rows are in the old one.
        Found(old: "a", new: "c", kind: .superseded(found: nil), recovered: .superseded),
        Found(old: "a", new: "z", kind: .superseded(found: nil), recovered: .superseded),
    ]

    @Test("what is live before the first statement decides", arguments: findings)
    func before(_ found: Found) {
        let shard = RenamedShard(old: found.old, new: found.new)
        let outcome = shard.run(shard.record).outcomes[shard.key]
        #expect(outcome?.kind == found.kind)
        #expect(shard.executed == found.executed)
        if found.old != nil, found.new != nil {
            #expect(
                outcome?.message
                    == "both `orders` and `purchases` are live: the rename would have to choose")
        }
    }

    @Test("of tables that change together, one under both names stops them all")
    func groupUnderBothNames() {
        let shard = RenamedShard(old: "a", new: "z")
        var record = shard.record
        record.step.members = [
            PlanMember(
                object: "purchases", renamedFrom: "orders", from: digest("a"), to: digest("c"))
        ]
        let outcome = shard.run(record).outcomes[shard.key]
        #expect(outcome?.kind == .superseded(found: nil))
        #expect(
            outcome?.message
                == "both `orders` and `purchases` are live: the rename would have to choose")
        #expect(shard.executed.isEmpty)
    }

    @Test("what is live after a crash decides", arguments: findings)
    func after(_ found: Found) throws {
        let shard = RenamedShard(old: found.old, new: found.new)
        #expect(try shard.journal.begin(shard.record) == nil)
        let settled = try Recovery(opener: shard.fleet, journal: shard.journal)
            .settle(shard.pending)
        #expect(settled.map(\.finding) == [found.recovered])
        #expect(shard.executed.isEmpty && shard.pending.isEmpty)
    }

    @Test("a crash at any point: the next run goes on from the name that is live", arguments: 0..<9)
    func crash(count: Int) throws {
        let shard = RenamedShard()
        let left = Lock(count)
        let faults = FaultPoints.calling { _ throws(JournalFailure) in
            let isDead = left.withLock { left in
                left -= 1
                return left < 0
            }
            if isDead { throw JournalFailure("killed") }
        }
        shard.run(shard.record, faults: faults)
        _ = try Recovery(opener: shard.fleet, journal: shard.journal)
            .settle(shard.pending)
        if let planned = shard.planned() {
            // A new rollout has an operation of its own for the table.
            shard.journal.state.withLock { $0.ended[shard.key] = nil }
            shard.run(planned)
        }
        #expect(shard.live == (nil, digest("c")))
        #expect(shard.executed == Self.statements)
        #expect(shard.pending.isEmpty)
        #expect(shard.events.filter { $0.hasPrefix("operation-completed") }.count == 1)
        #expect(!shard.events.contains { $0.hasPrefix("operation-superseded") })
    }

    @Test("a connection that goes away under the rename is settled by reading both names")
    func lostConnection() {
        let shard = RenamedShard()
        shard.fleet.state.withLock { $0.lossesAfter = 1 }
        #expect(shard.run(shard.record).outcomes[shard.key]?.kind == .completed(ran: true))
        #expect(shard.executed == Self.statements)
    }

    @Test("the outcome puts the new name into the shard's record and takes the old one out")
    func record() throws {
        let folder = try TemporaryFolder()
        let store = LedgerStore(
            ledger: try Ledger.open(path: folder.path + "/ledger.git"), environment: "production",
            actor: LedgerActor(name: "Ada", email: "ada@example.com"), clock: SimulatedClock())
        let journal = LedgerJournal(store: store)
        let shard = RenamedShard()
        let id = shard.key.shardID
        // What is read back has to be what servers take.
        var record = shard.record
        record.step.statements[0].sql = "ALTER TABLE `orders` RENAME TO `purchases`"
        record.step.statements[1].sql = "ALTER TABLE `purchases` DROP COLUMN `note`"
        try store.transact(LedgerEvent("sample", subject: "Sample")) { draft throws(LedgerError) in
            try draft.setOperation(
                OperationRecord(key: shard.key, from: digest("a"), to: digest("c")), of: "r1")
            try draft.setShard(
                id,
                ShardRecord(tables: ["orders": digest("a"), "items": digest("i")], since: ""),
                over: nil)
            return .commit
        }
        #expect(try journal.begin(record) == nil)
        let pending = try LedgerQueries.pending(in: try #require(try store.snapshot()))
        #expect(pending.map(\.step.renamedFrom) == ["orders"])
        let before = try GitCommand.run(
            ["rev-list", "--count", "production"], in: folder.path + "/ledger.git")
        let outcome = OperationOutcome(kind: .completed(ran: true), attempts: 0)
        try journal.finish(record, outcome)
        let after = try GitCommand.run(
            ["rev-list", "--count", "production"], in: folder.path + "/ledger.git")
        #expect(Int(after) == (Int(before) ?? 0) + 1)
        let found = try store.snapshot()?.shard(id)
        #expect(found?.tables == ["purchases": digest("c"), "items": digest("i")])
        // Whoever comes second changes nothing.
        try journal.finish(record, outcome)
        #expect(try store.snapshot()?.shard(id) == found)
    }
}
