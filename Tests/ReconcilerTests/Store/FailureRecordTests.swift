import Basics
import Diff
import Execution
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("What failed for good, and when it is tried again, is recorded with the failure")
struct FailureRecordTests {
    private let fixture: StoreFixture
    private var journal: LedgerJournal { LedgerJournal(store: fixture.store) }

    init() throws { fixture = try StoreFixture() }

    private func key(_ shard: String, _ table: String = "orders") -> OperationKey {
        OperationKey(
            shard: ShardID(namespace: "commerce", shard: shard), object: ObjectName(.table, table))
    }

    /// An operation that begins and ends so, as the next rollout of its own.
    private func run(
        _ kind: OperationOutcome.Kind, shard: String = "s0", rollout: String, to: String = "b",
        refused: Bool = false
    ) throws {
        let step = sampleStep(shards: [shard], to: to)
        let record = PendingRecord(
            rollout: rollout, key: key(shard), step: step, approval: nil,
            startedAt: fixture.clock.now.iso, actor: "Ada")
        try fixture.change { draft throws(LedgerError) in
            try draft.setOperation(
                OperationRecord(key: record.key, from: step.from, to: step.to), of: rollout)
        }
        _ = try journal.begin(record)
        var outcome = OperationOutcome(kind: kind, message: "why \(rollout)", attempts: 1)
        if refused { outcome.refused = .init(from: step.from, statement: "s", reason: "1118") }
        let before = try fixture.events().count
        try journal.finish(record, outcome)
        #expect(try fixture.events().count == before + 1)
    }

    private func advance(_ seconds: Double) {
        _ = fixture.clock.wait(seconds: seconds, unless: Interrupt())
    }

    private func failure(_ shard: String = "s0") throws -> FailureRecord? {
        try fixture.snapshot().failure(of: key(shard))
    }

    @Test("each failure counts in the one transition that records it, and doubles the pause")
    func counts() throws {
        let start = fixture.clock.now
        for (number, pause) in [60, 120, 240, 480, 960, 1920, 3600, 3600].enumerated() {
            try run(.failed, rollout: "r\(number)")
            let failure = try #require(try failure())
            #expect(failure.failures == number + 1)
            #expect(failure.firstAt == start.iso)
            #expect(failure.rollout == "r\(number)" && failure.message == "why r\(number)")
            let next = fixture.clock.now.adding(seconds: Int64(pause))
            #expect(failure.wait(now: next.adding(seconds: -1)) == next)
            #expect(failure.wait(now: next) == nil)
            advance(1)
        }
        #expect(try failure("s1") == nil)
        // With another end it is another change, which fails for the first time.
        try run(.failed, rollout: "other", to: "c")
        #expect(try failure()?.failures == 1)
    }

    @Test(
        "it goes with whatever makes the table another one, and stays where nothing came of it",
        arguments: [
            (.completed(ran: true), false), (.completed(ran: false), false),
            (.superseded(found: nil), false), (.partly(found: nil), false),
            (.notRun, true), (.cancelled, true),
        ] as [(OperationOutcome.Kind, Bool)])
    func ends(kind: OperationOutcome.Kind, stays: Bool) throws {
        try run(.failed, rollout: "r1")
        try run(kind, rollout: "r2")
        #expect((try failure() != nil) == stays)
    }

    @Test("nobody waits for what the table refused: the next plan takes another way")
    func refused() throws {
        try run(.failed, rollout: "r1", refused: true)
        #expect(try failure() == nil)
        try run(.failed, rollout: "r2")
        try run(.failed, rollout: "r3", refused: true)
        #expect(try failure() == nil)
    }

    @Test("one that cannot be read holds nothing back, and the next failure writes it anew")
    func unreadable() throws {
        try run(.failed, rollout: "r1")
        try run(.failed, shard: "s1", rollout: "r1")
        let path = RecordPath.failure(key("s0"))
        let bytes = try #require(try fixture.snapshot().read(path))
        let text = String(decoding: bytes, as: UTF8.self)
        for bad in [
            "{", "{}", "[]\n",
            text.replacingOccurrences(of: "\"version\":1", with: "\"version\":2"),
            text.replacingOccurrences(of: "s0", with: "s1"),
        ] {
            try fixture.write([(path, bad)])
            var memory = FailureMemory()
            #expect(
                try memory.records(in: fixture.snapshot()).keys.map(\.shard) == ["s1"], "\(bad)")
        }
        try run(.failed, rollout: "r2")
        #expect(try failure()?.failures == 1)
    }

    @Test("only what changed is read again")
    func memory() throws {
        var memory = FailureMemory()
        try run(.failed, rollout: "r1")
        try run(.failed, shard: "s1", rollout: "r1")
        let snapshot = try fixture.snapshot()
        #expect(try memory.records(in: snapshot).count == 2)
        try run(.completed(ran: true), shard: "s1", rollout: "r2")
        #expect(try memory.records(in: fixture.snapshot()).keys.map(\.shard) == ["s0"])
        try run(.failed, shard: "s2", rollout: "r3")
        try run(.failed, rollout: "r3")
        let records = try memory.records(in: fixture.snapshot())
        var fresh = FailureMemory()
        #expect(try records == fresh.records(in: fixture.snapshot()))
        #expect(records.mapValues(\.failures) == [key("s0"): 2, key("s2"): 1])
        try run(.completed(ran: true), rollout: "r4")
        try run(.completed(ran: true), shard: "s2", rollout: "r4")
        #expect(try memory.records(in: fixture.snapshot()).isEmpty)
    }

    @Test("somebody who wants it tried again removes them: of one rollout, or all")
    func retried() throws {
        let requests = RetryRequests(store: fixture.store)
        for (rollout, shard) in [("r1", "s0"), ("r2", "s1")] {
            try run(.failed, shard: shard, rollout: rollout)
            var record = RolloutRecord(
                id: rollout, plan: digest("plan"), policy: .halt, waves: [[key(shard)]],
                bakeSeconds: [0], startedAt: "", actor: "Ada")
            record.state = .failed
            let ended = record
            try fixture.change { draft throws(LedgerError) in try draft.setRollout(ended) }
        }
        try fixture.change { draft throws(LedgerError) in
            var environment = EnvironmentRecord()
            environment.latestRollout = "r2"
            try draft.set(RecordPath.environment, json: environment)
        }
        let named = try requests.retry("r2", reason: "looked")
        #expect(named.operations == [key("s1")] && named.rollout == "r2")
        #expect(try failure("s1") == nil)
        #expect(try failure("s0") != nil)
        try fixture.change { draft throws(LedgerError) in
            try draft.set(RecordPath.environment, json: EnvironmentRecord())
        }
        let rest = try requests.retry(nil, reason: "looked")
        #expect(rest.operations == [key("s0")] && rest.rollout == nil)
        #expect(try failure("s0") == nil)
    }

    @Test("what nobody tried for long leaves the tree")
    func retired() throws {
        try run(.failed, rollout: "r1")
        advance(100)
        try run(.failed, shard: "s1", rollout: "r1")
        let counts = try fixture.store.retire(
            before: fixture.clock.now.adding(seconds: -50), lifetimeSeconds: 0)
        #expect(counts.failures == 1)
        #expect(counts.text == "0 plans, 0 rollouts, 0 approvals and 1 failure")
        #expect(try failure("s0") == nil)
        #expect(try failure("s1") != nil)
    }

    /// Under `make fuzz` as many as a whole fleet has.
    private static let isLarge = Rounds.seeds(1).count > 1

    @Test("to look again costs little, however many there are")
    func cost() throws {
        for count in Self.isLarge ? [10, 1_000, 10_000] : [10, 300] {
            let fixture = try StoreFixture()
            let keys = (0..<count).map { key("shard\($0)") }
            let now = fixture.clock.now
            try fixture.change { draft throws(LedgerError) in
                for key in keys {
                    try draft.setFailure(
                        FailureRecord(
                            key: key, from: nil, to: digest("b"), rollout: "r1", message: "no",
                            at: now, after: nil))
                }
            }
            var memory = FailureMemory()
            let clock = ContinuousClock()
            let snapshot = try fixture.snapshot()
            var times: [Duration] = []
            times.append(try clock.measure { _ = try memory.records(in: snapshot) })
            times.append(try clock.measure { _ = try memory.records(in: snapshot) })
            try fixture.change { draft throws(LedgerError) in
                try draft.removeFailure(of: keys[0])
            }
            let changed = try fixture.snapshot()
            times.append(try clock.measure { _ = try memory.records(in: changed) })
            #expect(try memory.records(in: changed).count == count - 1)
            if Self.isLarge { print("\(count) failures: first, same, one changed: \(times)") }
        }
    }
}
