import Basics
import Diff
import Execution
import Foundation
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

/// Four shards on one server, of which one at a time may run a statement.
private final class OneByOne: Sendable {
    let fleet: ParallelFleet
    let journal = SimulatedJournal()
    let interrupt = Interrupt()
    let records: [PendingRecord]
    /// The time of the places, in seconds.
    let time: Lock<Double>
    let places: StatementPlaces
    /// How often each thread has asked for that time: who waits for a place has, before.
    private let asked: Lock<[ObjectIdentifier: Int]>
    /// By operation the thread that recorded its start, and how often it had asked until then.
    let starts = Lock<[OperationKey: (thread: ObjectIdentifier, asked: Int)]>([:])
    private let server = ServerAddress.tcp(host: "db", port: 3306)

    init() {
        let time = Lock(0.0)
        self.time = time
        let asked = Lock<[ObjectIdentifier: Int]>([:])
        self.asked = asked
        places = StatementPlaces(total: 4, perServer: 1) {
            asked.withLock { $0[ObjectIdentifier(Thread.current), default: 0] += 1 }
            return time.withLock { $0 }
        }
        records = (0..<4).map { number in
            PendingRecord(
                rollout: "r1",
                key: OperationKey(
                    shard: ShardID(namespace: "commerce", shard: "s\(number)"),
                    object: ObjectName(.table, "orders")),
                step: sampleStep(
                    shards: ["s\(number)"],
                    statements: [PlanStatement(sql: "orders", after: digest("b"))]), approval: nil,
                startedAt: "2026-11-21T12:00:00Z", actor: "Ada")
        }
        fleet = ParallelFleet(
            SimulatedFleet(
                Dictionary(uniqueKeysWithValues: records.map { ($0.key, digest("a")) })))
    }

    func run(_ journal: (any OperationJournal)? = nil) -> RolloutRunner.Result {
        let runner = RolloutRunner(
            opener: fleet, journal: journal ?? SlowJournal(self), clock: SimulatedClock(),
            control: RolloutControl(rule: FailureRule(.halt), interrupt: interrupt), total: 4,
            perServer: 1,
            places: places)
        return runner.run(
            records.map {
                RolloutRunner.ShardWork(shard: $0.key.shardID, server: server, records: [$0])
            })
    }

    /// The operation that is recorded as started and waits for its turn, once there is one while
    /// that of `key` runs.
    func ready(beside key: OperationKey) -> OperationKey? {
        var ready: [OperationKey] = []
        Self.wait("that all which are recorded wait for their turn") {
            ready = journal.state.withLock { $0.pending.keys.filter { $0 != key } }
            return !ready.isEmpty && ready.allSatisfy(hasAsked)
        }
        return ready.first
    }

    /// The start of an operation was recorded by the present thread.
    func noteStart(of key: OperationKey) {
        let thread = ObjectIdentifier(Thread.current)
        let count = asked.withLock { $0[thread] ?? 0 }
        starts.withLock { $0[key] = (thread, count) }
    }

    /// Whether the thread of an operation has asked for its turn since its start was recorded.
    private func hasAsked(_ key: OperationKey) -> Bool {
        guard let start = starts.withLock({ $0[key] }) else { return false }
        return asked.withLock { $0[start.thread] ?? 0 } > start.asked
    }

    /// Returns once `condition` holds; records an issue where it does not within half a minute.
    static func wait(_ what: String, until condition: () -> Bool) {
        let end = Date(timeIntervalSinceNow: 30)
        while !condition() {
            guard Date() < end else {
                Issue.record("\(what): never")
                return
            }
            usleep(200)
        }
    }
}

/// A journal whose records take as long as a test wants, and that knows which thread made them.
private struct SlowJournal: OperationJournal {
    let inner: SimulatedJournal
    let beforeFinish: @Sendable (PendingRecord) -> Void
    let afterBegin: @Sendable (PendingRecord) -> Void

    init(
        _ world: OneByOne, beforeFinish: @escaping @Sendable (PendingRecord) -> Void = { _ in }
    ) {
        inner = world.journal
        self.beforeFinish = beforeFinish
        afterBegin = { [weak world] in world?.noteStart(of: $0.key) }
    }

    @Sendable func definition(_ digest: Digest) -> String? { nil }

    func refusal(of record: PendingRecord) throws(JournalFailure) -> String? {
        try inner.refusal(of: record)
    }

    func begin(_ record: PendingRecord) throws(JournalFailure) -> StartRefusal? {
        defer { afterBegin(record) }
        return try inner.begin(record)
    }

    func confirm(_ record: PendingRecord) throws(JournalFailure) { try inner.confirm(record) }

    func hold(of record: PendingRecord) throws(JournalFailure) -> StartRefusal? {
        try inner.hold(of: record)
    }

    func advance(
        _ record: PendingRecord, to state: OperationState, message: String?
    ) throws(JournalFailure) -> StartRefusal? {
        try inner.advance(record, to: state, message: message)
    }

    func park(_ record: PendingRecord, attempts: Int) throws(JournalFailure) -> StartRefusal? {
        try inner.park(record, attempts: attempts)
    }

    func postpone(_ record: PendingRecord, _ retry: OperationRetry) throws(JournalFailure) {
        try inner.postpone(record, retry)
    }

    func finish(
        _ record: PendingRecord, _ outcome: OperationOutcome
    ) throws(JournalFailure) -> StartRefusal? {
        beforeFinish(record)
        return try inner.finish(record, outcome)
    }
}

@Suite("Operations that are made ready and recorded while another one runs its statement")
struct StatementTurnTests {
    @Test("short statements go on while outcomes are recorded, one at a time on the server")
    func overlap() {
        let world = OneByOne()
        let journal = SlowJournal(world) { _ in
            // From the first one it is known that statements are short.
            let number = world.fleet.load.withLock { $0.started.count }
            guard number == 2 else { return }
            OneByOne.wait("another statement, while an outcome is recorded") {
                world.fleet.load.withLock { $0.started.count } > 2
            }
        }
        let result = world.run(journal)
        let kinds = result.outcomes.values.map(\.kind)
        #expect(kinds == Array(repeating: .completed(ran: true), count: 4))
        #expect(world.fleet.load.withLock { $0.most } == 1)
    }

    @Test("an operation that waits for its turn begins nothing once the run is to end")
    func interrupted() {
        let world = OneByOne()
        let ready = Lock<OperationKey?>(nil)
        world.fleet.beforeStatement.withLock { hook in
            hook = Hook { key in
                // After a short statement the next operation is recorded while this one runs.
                guard world.fleet.load.withLock({ $0.started.count }) == 2 else { return }
                ready.withLock { $0 = world.ready(beside: key) }
                world.interrupt.raise()
            }
        }
        let result = world.run()
        let waiting = ready.withLock { $0 }
        #expect(world.fleet.load.withLock { $0.started.count } == 2)
        #expect(waiting.flatMap { result.outcomes[$0]?.kind } == .notRun)
        #expect(world.journal.state.withLock { $0.pending }.isEmpty)
    }

    @Test("a table is read again when its turn comes late")
    func late() {
        let world = OneByOne()
        let changed = Lock<OperationKey?>(nil)
        world.fleet.beforeStatement.withLock { hook in
            hook = Hook { key in
                guard world.fleet.load.withLock({ $0.started.count }) == 2 else { return }
                // Somebody changes the other table while this statement runs for long.
                guard let other = world.ready(beside: key) else { return }
                changed.withLock { $0 = other }
                world.fleet.inner.state.withLock { $0.tables[other] = digest("x") }
                world.time.withLock { $0 += 60 }
            }
        }
        let result = world.run()
        let other = changed.withLock { $0 }
        #expect(
            other.flatMap { result.outcomes[$0]?.kind } == .superseded(found: digest("x")))
        #expect(world.fleet.load.withLock { $0.started.count } == 3)
    }

    @Test("where statements are long, an operation has its place before it counts as started")
    func long() {
        let world = OneByOne()
        let mostPending = Lock(0)
        world.fleet.beforeStatement.withLock { hook in
            hook = Hook { _ in
                world.time.withLock { $0 += 60 }
                let count = world.journal.state.withLock { $0.pending.count }
                mostPending.withLock { $0 = max($0, count) }
            }
        }
        let result = world.run()
        #expect(result.outcomes.count == 4)
        #expect(mostPending.withLock { $0 } == 1)
    }
}
