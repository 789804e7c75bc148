import Basics
import Diff
import Execution
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

/// A rollout of three shards in a real ledger.
struct PhaseFixture {
    let fixture: StoreFixture
    let records: [PendingRecord]
    var journal: LedgerJournal { LedgerJournal(store: fixture.store) }

    init(
        _ states: [OperationState] = [.pending, .pending, .pending],
        cutover: CutoverPolicy? = .manual, engine: EngineName? = nil
    ) throws {
        fixture = try StoreFixture()
        var step = sampleStep()
        step.engine = engine
        records = states.indices.map { number in
            PendingRecord(
                rollout: "0123456789ab",
                key: OperationKey(shard: sampleShard(number), object: "orders"), step: step,
                approval: nil, startedAt: "2026-11-21T12:00:00Z", actor: "Ada")
        }
        let records = records
        try fixture.change { draft throws(LedgerError) in
            for (record, state) in zip(records, states) {
                var operation = OperationRecord(
                    key: record.key, from: record.step.from, to: record.step.to)
                operation.state = state
                try draft.setOperation(operation, of: record.rollout)
            }
            var rollout = RolloutRecord(
                id: "0123456789ab", plan: digest("plan"), policy: .halt,
                waves: [records.map(\.key)], bakeSeconds: [0], startedAt: "", actor: "Ada")
            rollout.state = .running
            rollout.cutover = cutover
            try draft.setRollout(rollout)
        }
    }

    func operation(_ number: Int = 0) throws -> OperationRecord {
        let key = records[number].key
        return try #require(try fixture.snapshot().operation("0123456789ab", key))
    }

    var pending: [PendingRecord] { get throws { try fixture.snapshot().pending() } }

    func events(_ kind: String) throws -> Int { try fixture.events().count { $0 == kind } }
}

@Suite("What the ledger keeps of an operation between its start and its end")
struct OperationPhaseTests {
    private let copying = EngineName(rawValue: "copying")

    private func retry(_ attempts: Int) -> OperationRetry {
        OperationRetry(
            attempts: attempts, since: sampleTime(), next: sampleTime("2026-11-21T12:01:00Z"),
            message: "lock wait")
    }

    @Test("a next attempt is a time in the record; what ran nothing leaves no pending record")
    func postponed() throws {
        let world = try PhaseFixture()
        let record = world.records[0]
        #expect(try world.journal.begin(record) == nil)
        for _ in 0..<2 { try world.journal.postpone(record, retry(4)) }
        let waiting = try world.operation()
        #expect(waiting.state == .failedRetryable && waiting.attempts == 4)
        #expect(waiting.failingSince == "2026-11-21T12:00:00Z")
        #expect(waiting.nextAttemptAt == "2026-11-21T12:01:00Z")
        #expect(waiting.message == "lock wait" && !waiting.hasBegun)
        #expect(try world.pending.isEmpty)
        #expect(try world.events("operation-postponed") == 1)
        // The next attempt, whose process dies before its statement: what failed still counts.
        #expect(try world.journal.begin(record) == nil)
        #expect(try world.operation().state == .running)
        #expect(try world.operation().nextAttemptAt == nil)
        try world.journal.finish(record, OperationOutcome(kind: .notRun, attempts: 0))
        let again = OperationClaim(try world.operation(), isRecorded: false, parks: false)
        #expect(again.origin == .init(state: .pending, attempts: 4))
        #expect(again.failingSince == sampleTime())
        try world.journal.postpone(record, retry(5))
        #expect(try world.events("operation-postponed") == 2)
        try world.journal.finish(record, OperationOutcome(kind: .failed, attempts: 5))
        #expect(try world.operation().nextAttemptAt == nil)
        try world.journal.postpone(record, retry(6))
        #expect(try world.operation().state == .failed)
        #expect(try world.events("operation-postponed") == 2)
    }

    @Test("attempts of a record that does not say since when they failed do not count")
    func oldRecord() {
        var operation = OperationRecord(
            key: OperationKey(shard: sampleShard(0), object: "orders"), from: nil, to: nil)
        operation.attempts = 9
        let claim = OperationClaim(operation, isRecorded: false, parks: true)
        #expect(claim.origin.attempts == 0 && claim.parks && claim.event == .claimed)
    }

    @Test("what waits for its cutover is recorded once, and begins with it")
    func parked() throws {
        let world = try PhaseFixture()
        let record = world.records[0]
        for _ in 0..<2 { #expect(try world.journal.park(record, attempts: 2) == nil) }
        #expect(try world.operation().state == .waitingForCutover)
        #expect(try world.operation().attempts == 2)
        #expect(try world.pending.isEmpty)
        #expect(try world.events("operation-parked") == 1)
        #expect(try world.journal.begin(record) == nil)
        #expect(try world.operation().state == .cuttingOver)
        try world.journal.finish(record, OperationOutcome(kind: .completed(ran: true), attempts: 0))
        #expect(try world.operation().state == .completed)
        let over = StartRefusal.operation(.completed, reason: "it has ended")
        #expect(try world.journal.park(record, attempts: 0) == over)
        #expect(try world.operation().state == .completed)
    }

    @Test("what an engine needs is in the pending record, before each phase and while it waits")
    func engine() throws {
        let world = try PhaseFixture(engine: copying)
        var record = world.records[0]
        record.engine = EngineState(engine: copying, version: 1, document: "0")
        #expect(try world.journal.begin(record) == nil)
        #expect(try world.operation().engine == copying)
        record.engine?.document = "1"
        #expect(try world.journal.advance(record, to: .running, message: "a third") == nil)
        #expect(try world.pending.first?.engine?.document == "1")
        #expect(try world.operation().message == "a third")
        try world.journal.postpone(record, retry(4))
        #expect(try world.operation().hasBegun)
        #expect(try world.pending.first?.engine?.document == "1")
        record.engine?.document = "2"
        #expect(try world.journal.park(record, attempts: 0) == nil)
        #expect(try world.pending.first?.engine?.document == "2")
        #expect(try world.journal.advance(record, to: .cuttingOver, message: nil) == nil)
        #expect(try world.operation().state == .cuttingOver)
        try world.journal.finish(record, OperationOutcome(kind: .completed(ran: true), attempts: 0))
        #expect(try world.operation().engine == nil)
        #expect(try world.pending.isEmpty)
    }

    @Test("a stop lets an engine keep what it has done, and nothing is parked or cut over")
    func stopped() throws {
        let world = try PhaseFixture(engine: copying)
        var record = world.records[0]
        record.engine = EngineState(engine: copying, version: 1, document: "0")
        #expect(try world.journal.begin(record) == nil)
        _ = try RolloutRequests(store: world.fixture.store).stop(nil, reason: "look")
        record.engine?.document = "1"
        let said = try world.journal.advance(record, to: .running, message: nil)
        guard case .rollout(let standstill) = said else {
            Issue.record("\(said as Any)")
            return
        }
        #expect(standstill.words.contains("look"))
        #expect(try world.pending.first?.engine?.document == "1")
        record.engine?.document = "2"
        #expect(try world.journal.advance(record, to: .cuttingOver, message: nil) != nil)
        #expect(try world.journal.park(record, attempts: 0) != nil)
        #expect(try world.pending.first?.engine?.document == "1")
        #expect(try world.operation().state == .running)
    }
}

@Suite("A cutover is asked for once, and where it makes sense")
struct CutoverRequestTests {
    private func refusal(
        _ world: PhaseFixture, _ chosen: RolloutRequests.Chosen = whole, id: String? = nil
    ) throws -> String? {
        do {
            _ = try RolloutRequests(store: world.fixture.store).cutover(
                id, of: chosen, reason: "now")
            return nil
        } catch let error as ConfigurationError {
            return error.message
        }
    }

    private static let whole = RolloutRequests.Chosen(namespaces: nil, shards: [])

    @Test("what is refused says why, and nothing is recorded")
    func refused() throws {
        let parked = OperationState.waitingForCutover
        let cases: [([OperationState], CutoverPolicy?, RolloutRequests.Chosen, String)] = [
            ([parked, parked, parked], nil, Self.whole, "its cutover policy is `rolling`"),
            ([parked, parked, parked], .parallel, Self.whole, "its cutover policy is `parallel`"),
            ([parked, .running, .pending], .manual, Self.whole, "orders and 1 more of rollout"),
            ([parked, .failedRetryable, parked], .manual, Self.whole, "cannot be cut over yet"),
            (
                [parked, parked, parked], .manual, .init(namespaces: nil, shards: ["9"]),
                "no operation on these shards"
            ),
            (
                [parked, parked, parked], .manual, .init(namespaces: ["x"], shards: []),
                "no operation on these shards"
            ),
            (
                [.completed, parked, parked], .manual, .init(namespaces: nil, shards: ["0"]),
                "waits for its cutover there"
            ),
        ]
        for (states, policy, chosen, words) in cases {
            let world = try PhaseFixture(states, cutover: policy)
            let said = try refusal(world, chosen)
            #expect(said?.contains(words) == true, "\(said ?? "not refused"): \(words)")
            #expect(try world.events("rollout-cutover") == 0)
        }
        let world = try PhaseFixture([parked, .pending, .pending])
        // Of those that are named each is ready.
        #expect(try refusal(world, .init(namespaces: nil, shards: ["0"])) == nil)
        let said = try refusal(world, .init(namespaces: nil, shards: ["?"]))
        #expect(said?.contains("cannot be cut over yet") == true)
        #expect(
            try refusal(world, .init(namespaces: ["commerce"], shards: ["0"]))?
                .contains("asked for there already") == true)
        #expect(try refusal(world, id: "nobody")?.contains("no rollout `nobody`") == true)
        let mark = try world.fixture.snapshot().rolloutMark("0123456789ab")
        #expect(mark?.cutovers?.count == 1)
        #expect(mark?.cutovers?.first?.shards == [sampleShard(0)])
        #expect(mark?.cutovers?.first?.actor == "Ada")
    }
}
