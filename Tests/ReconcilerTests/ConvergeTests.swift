import Basics
import Diff
import Execution
import Model
import Reports
import Schema
import TestSupport
import Testing

@testable import Reconciler

/// A rollout over a simulated fleet.
private struct World {
    let fleet: SimulatedFleet
    let journal = SimulatedJournal()
    let clock = SimulatedClock()
    let interrupt = Interrupt()
    let records: [PendingRecord]

    init(shards: Int, tables: [String] = ["orders"], chain: [String] = ["a", "b"]) {
        var live: [OperationKey: Digest?] = [:]
        var records: [PendingRecord] = []
        for number in 0..<shards {
            let shard = ShardID(namespace: "commerce", shard: "s\(number)")
            for table in tables {
                let key = OperationKey(shard: shard, object: ObjectName(.table, table))
                live[key] = digest(chain[0])
                let statements = chain.dropFirst().map {
                    PlanStatement(sql: table, after: digest($0))
                }
                let step = sampleStep(
                    table: table, shards: [shard.shard], from: chain[0], to: chain.last,
                    statements: statements)
                records.append(
                    PendingRecord(
                        rollout: "r1", key: key, step: step, approval: nil,
                        startedAt: clock.now.iso, actor: "ada"))
            }
        }
        fleet = SimulatedFleet(live)
        self.records = records
        let journal = journal
        fleet.isRecorded.withLock { body in
            body = Hook { key in journal.state.withLock { $0.pending[key] != nil } }
        }
    }

    func work(_ records: [PendingRecord]) -> [RolloutRunner.ShardWork] {
        Dictionary(grouping: records, by: \.key.shardID)
            .sorted { $0.key < $1.key }
            .map { shard, records in
                RolloutRunner.ShardWork(
                    shard: shard, server: .tcp(host: "db-\(shard.shard)", port: 3306),
                    records: records)
            }
    }

    func run(
        policy: FailurePolicy = .halt, total: Int = 1, waves: [[PendingRecord]]? = nil,
        bakeSeconds: Int64 = 0, faults: FaultPoints = .none, listener: RolloutListener = .silent
    ) -> RolloutRunner.Result {
        let waves = waves ?? [records]
        let record = RolloutRecord(
            id: "r1", plan: digest("plan"), policy: policy, waves: waves.map { $0.map(\.key) },
            bakeSeconds: waves.map { _ in Int(bakeSeconds) }, startedAt: clock.now.iso, actor: "ada"
        )
        let operations = records.map {
            ($0.key, OperationRecord(key: $0.key, from: $0.step.from, to: $0.step.to))
        }
        var driven = [
            RolloutDrive.Driven(
                record, Dictionary(uniqueKeysWithValues: operations), isBegun: true,
                control: RolloutControl(rule: FailureRule(policy), interrupt: interrupt))
        ]
        RolloutDrive(
            run: { driven, works in
                RolloutRunner(
                    opener: fleet, journal: journal, clock: clock, control: driven.control,
                    total: total, perServer: 2, faults: faults, listener: listener
                ).run(works)
            },
            resume: { _ in }, isReady: { _ in true },
            work: { _, keys in work(records.filter { keys.contains($0.key) }) },
            clock: clock, interrupt: interrupt, listener: listener, waits: true
        ).run(&driven)
        return driven[0].result
    }

    var executed: [String] { fleet.state.withLock { $0.executed } }
    var events: [String] { journal.state.withLock { $0.events } }
    var pending: [PendingRecord] { journal.state.withLock { Array($0.pending.values) } }

    var used: [OperationKey] { journal.state.withLock { $0.used } }
    var unrecorded: [String] { fleet.state.withLock { $0.unrecorded } }

    func isConverged(to word: String = "b") -> Bool {
        fleet.state.withLock { $0.tables.values.allSatisfy { $0 == digest(word) } }
    }
}

@Suite("Converging a fleet")
struct ConvergeTests {
    @Test("every shard once, every event once")
    func converges() {
        let world = World(shards: 20, tables: ["items", "orders"])
        let result = world.run(total: 4)
        #expect(world.isConverged())
        #expect(world.executed.count == 40)
        #expect(Set(world.executed).count == 40)
        #expect(world.events.count == 80)
        #expect(Set(world.events).count == 80)
        #expect(world.pending.isEmpty)
        #expect(result.outcomes.count == 40)
    }

    @Test("a lock wait is tried again with a growing back-off")
    func lockWait() {
        let world = World(shards: 1)
        world.fleet.state.withLock { $0.lockWaits = 3 }
        _ = world.run()
        #expect(world.isConverged())
        #expect(world.clock.waits == [1, 2, 4])
        #expect(world.executed.count == 1)
    }

    @Test(
        "a connection lost under a statement is settled by reading: nothing runs twice",
        arguments: [(1, 0), (0, 1), (2, 1)])
    func lostConnection(before: Int, after: Int) {
        let world = World(shards: 1)
        world.fleet.state.withLock {
            $0.lossesBefore = before
            $0.lossesAfter = after
        }
        _ = world.run()
        #expect(world.isConverged())
        #expect(world.executed.count == 1)
        #expect(world.events.count == 2)
    }

    @Test("one shard that cannot be reached hides nothing about the others")
    func unreachable() {
        let world = World(shards: 3)
        let down = ShardID(namespace: "commerce", shard: "s1")
        world.fleet.state.withLock { $0.unreachable = [down] }
        let result = world.run()
        #expect(result.outcomes.count == 2)
        #expect(Array(result.obstacles.keys) == [down])
        #expect(world.executed.count == 2)
        // It is tried three times.
        #expect(world.clock.waits == [0.5, 1])
    }

    @Test("a shard that nobody will ever open is tried once")
    func forbidden() {
        let world = World(shards: 3)
        let closed = ShardID(namespace: "commerce", shard: "s1")
        world.fleet.state.withLock { $0.forbidden = [closed] }
        let result = world.run()
        #expect(Array(result.obstacles.keys) == [closed])
        #expect(world.clock.waits.isEmpty)
        #expect(world.executed.count == 2)
    }

    @Test("halt starts nothing after a failure; continue goes on")
    func failurePolicy() {
        for (policy, executed) in [(FailurePolicy.halt, 0), (.continue, 4)] {
            let world = World(shards: 5)
            let broken = world.records[0].key
            // A guest holds the first shard's table from then on.
            let listener = RolloutListener { event in
                guard case .started(let key) = event, key == broken else { return }
                world.fleet.state.withLock { $0.lockWaits = 100 }
            }
            let calm = RolloutListener { event in
                listener.note(event)
                guard case .settled(let key, _) = event, key == broken else { return }
                world.fleet.state.withLock { $0.lockWaits = 0 }
            }
            let result = world.run(policy: policy, listener: calm)
            #expect(result.outcomes[broken]?.kind == .failed)
            #expect(world.executed.count == executed)
        }
    }

    @Test("a later wave opens only when the last one is done, and after its bake")
    func waves() {
        let world = World(shards: 4)
        let waves = [Array(world.records.prefix(1)), Array(world.records.dropFirst())]
        _ = world.run(waves: waves, bakeSeconds: 600)
        #expect(world.isConverged())
        #expect(world.clock.waits == [600])

        let stuck = World(shards: 4)
        let first = stuck.records[0].key.shardID
        stuck.fleet.state.withLock { $0.unreachable = [first] }
        _ = stuck.run(waves: [
            Array(stuck.records.prefix(1)), Array(stuck.records.dropFirst()),
        ])
        #expect(stuck.executed.isEmpty)
    }

    /// The waves that are opened where the only shard of the first one ends as `prepare` says.
    private func openedWaves(
        _ policy: FailurePolicy, _ prepare: (World) -> Void = { _ in },
        _ listen: @escaping @Sendable (Interrupt, RolloutEvent) -> Void = { _, _ in }
    ) -> [Int] {
        let world = World(shards: 3)
        prepare(world)
        let opened = Lock<[Int]>([])
        let interrupt = world.interrupt
        let listener = RolloutListener { event in
            if case .wave(let number, _, _) = event { opened.withLock { $0.append(number) } }
            listen(interrupt, event)
        }
        _ = world.run(policy: policy, waves: world.records.map { [$0] }, listener: listener)
        return opened.withLock { $0 }
    }

    @Test("after a failure under halt, or when an end is asked for, no wave is opened any more")
    func noFurtherWave() {
        #expect(openedWaves(.halt) == [1, 2, 3])
        let refuse: (World) -> Void = { world in
            world.fleet.state.withLock { $0.refused = ["orders \(digest("b").short)"] }
        }
        #expect(openedWaves(.halt, refuse) == [1])
        #expect(openedWaves(.continue, refuse) == [1, 2, 3])
        let ends: @Sendable (Interrupt, RolloutEvent) -> Void = { interrupt, event in
            if case .settled = event { interrupt.raise() }
        }
        #expect(openedWaves(.halt, { _ in }, ends) == [1])
    }

    @Test("once the ledger has failed nothing is started, though it could be written again")
    func ledgerFailsOnce() {
        let world = World(shards: 3)
        let isFirst = Lock(true)
        let faults = FaultPoints.calling { _ throws(JournalFailure) in
            let fails = isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            if fails { throw JournalFailure("no space left") }
        }
        let result = world.run(faults: faults)
        #expect(result.journalFailure?.message == "no space left")
        #expect(result.outcomes.isEmpty)
        #expect(world.executed.isEmpty)
    }

    @Test("when the ledger cannot be written, no statement runs")
    func brokenLedger() {
        let world = World(shards: 3)
        world.journal.state.withLock { $0.isBroken = true }
        let result = world.run()
        #expect(result.journalFailure?.message == "no space left")
        #expect(world.executed.isEmpty)
    }

    @Test("an end that was asked for finishes the running statement and starts no other")
    func interrupted() {
        let world = World(shards: 5)
        let faults = FaultPoints.calling { point throws(JournalFailure) in
            if point == .beforeStatement { world.interrupt.raise() }
        }
        let result = world.run(faults: faults)
        #expect(world.executed.count == 1)
        #expect(result.outcomes.count == 1)
        #expect(world.pending.isEmpty)
    }

    @Test("an end that was asked for in a pause says which part of a step it leaves")
    func interruptedHalfway() throws {
        let world = World(shards: 1, chain: ["a", "b", "c"])
        let faults = FaultPoints.calling { (point) throws(JournalFailure) in
            if point == .afterStatement { world.fleet.state.withLock { $0.lockWaits = 1 } }
        }
        let listener = RolloutListener { event in
            if case .waiting = event { world.interrupt.raise() }
        }
        let result = world.run(faults: faults, listener: listener)
        let obstacle = try #require(result.obstacles[world.records[0].key.shardID])
        #expect(obstacle.isHalf)
        #expect(obstacle.message.contains("1 of 2 statements ran before the interrupt"))
        #expect(world.pending.count == 1)
    }

    @Test("an outcome that nobody can read is left with its record, and settled by the next run")
    func leftForTheNextRun() throws {
        let world = World(shards: 2)
        world.fleet.state.withLock {
            $0.lossesAfter = 1
            $0.failingReads = [false] + Array(repeating: true, count: 9)
        }
        let result = world.run()
        let left = try #require(world.pending.first?.key)
        #expect(result.outcomes[left] == nil)
        #expect(result.obstacles[left.shardID]?.message.contains("after 10 attempts") == true)
        #expect(world.used.count == 1)
        let recovery = Recovery(opener: world.fleet, journal: world.journal)
        #expect(try recovery.settle(world.pending).map(\.finding) == [.completed])
        #expect(Set(world.used) == Set(world.records.map(\.key)))
        #expect(world.executed.count == 2)
    }

    @Test("what a guest brought to its goal while a statement waited uses up nothing")
    func doneByAGuest() {
        let world = World(shards: 1)
        let key = world.records[0].key
        world.fleet.state.withLock { $0.lockWaits = 1 }
        let listener = RolloutListener { event in
            guard case .waiting = event else { return }
            world.fleet.state.withLock { $0.tables[key] = .some(digest("b")) }
        }
        let result = world.run(listener: listener)
        #expect(result.outcomes[key]?.kind == .completed(ran: false))
        #expect(world.used.isEmpty)
        #expect(world.executed.isEmpty)
    }

    @Test("a shard that another worker holds is left alone")
    func locked() {
        let world = World(shards: 2)
        let held = ShardID(namespace: "commerce", shard: "s0")
        world.fleet.state.withLock { $0.locked = [held] }
        let result = world.run()
        #expect(result.obstacles[held]?.isLocked == true)
        #expect(world.executed.count == 1)
    }
}

@Suite("After a crash at any point the next run converges")
struct CrashTests {
    /// Runs until the `count`-th fault point, which kills the run, then recovers and runs on.
    private func crash(after count: Int, chain: [String], seed: UInt64) throws -> World {
        let world = World(shards: 3, tables: ["items", "orders"], chain: chain)
        var generator = SeededGenerator(seed: seed)
        world.fleet.state.withLock {
            $0.lossesAfter = Int.random(in: 0...1, using: &generator)
            $0.lockWaits = Int.random(in: 0...1, using: &generator)
            $0.failingReads = (0..<24).map { _ in Int.random(in: 0..<4, using: &generator) == 0 }
        }
        let left = Lock(count)
        let faults = FaultPoints.calling { _ throws(JournalFailure) in
            let isDead = left.withLock { left in
                left -= 1
                return left < 0
            }
            if isDead { throw JournalFailure("killed") }
        }
        _ = world.run(total: 2, faults: faults)
        let recovery = Recovery(opener: world.fleet, journal: world.journal)
        // A record whose shard cannot be read stays for the next run.
        for _ in 0..<24 where !world.pending.isEmpty {
            _ = try recovery.settle(world.pending)
        }
        let ended = world.journal.state.withLock { Set($0.ended.keys) }
        // What did not end is planned again from what is live by then.
        let rest = world.records.filter { !ended.contains($0.key) }
        _ = world.run(waves: [rest])
        return world
    }

    @Test("no statement runs twice, each event is written once", arguments: 0..<48)
    func everyPoint(count: Int) throws {
        let world = try crash(after: count, chain: ["a", "b"], seed: UInt64(count))
        #expect(world.isConverged())
        #expect(world.executed.count == 6)
        #expect(Set(world.executed).count == 6)
        let completed = world.events.filter { $0.hasPrefix("operation-completed") }
        #expect(completed.count == 6)
        #expect(Set(completed).count == 6)
        #expect(world.pending.isEmpty)
        #expect(world.unrecorded.isEmpty)
        #expect(world.used.count == 6)
        #expect(Set(world.used).count == 6)
    }

    @Test(
        "of several statements each runs once, and what ran is recorded, whatever fails between",
        arguments: 0..<64)
    func severalStatements(count: Int) throws {
        let world = try crash(after: count, chain: ["a", "b", "c"], seed: UInt64(count))
        #expect(Set(world.executed).count == world.executed.count)
        #expect(world.unrecorded.isEmpty)
        #expect(world.pending.isEmpty)
        let changed = Set(
            world.fleet.state.withLock { $0.tables.filter { $0.value != digest("a") }.keys })
        #expect(Set(world.used) == changed)
        #expect(world.used.count == changed.count)
        // What is live is what is recorded, all the way or a part of it.
        for (key, table) in world.fleet.state.withLock({ $0.tables }) {
            #expect(world.journal.state.withLock { $0.recorded[key] } == table, "\(key)")
        }
    }

    @Test("recovery that dies is recovered", arguments: FaultPoints.Point.allCases)
    func crashInRecovery(point: FaultPoints.Point) throws {
        let world = World(shards: 1)
        let kill = FaultPoints.calling { at throws(JournalFailure) in
            if at == .afterStatement { throw JournalFailure("killed") }
        }
        _ = world.run(faults: kill)
        let again = FaultPoints.calling { at throws(JournalFailure) in
            if at == point { throw JournalFailure("killed again") }
        }
        let dying = Recovery(opener: world.fleet, journal: world.journal, faults: again)
        // Recovery runs no statement and records no intent: it can die around the outcome only.
        let dies = [FaultPoints.Point.beforeOutcome, .afterOutcome].contains(point)
        do throws(JournalFailure) {
            _ = try dying.settle(world.pending)
            #expect(!dies)
        } catch {
            #expect(dies && error.message == "killed again")
        }
        let recovery = Recovery(opener: world.fleet, journal: world.journal)
        _ = try recovery.settle(world.pending)
        #expect(world.isConverged())
        #expect(world.executed.count == 1)
        #expect(world.events.filter { $0.hasPrefix("operation-completed") }.count == 1)
    }

    struct Finding: Sendable {
        let live: String?
        let finding: ReconcileReport.Finding
        let state: OperationState
    }

    @Test(
        "what is live decides what is recorded",
        arguments: [
            Finding(live: "a", finding: .notRun, state: .pending),
            Finding(live: "c", finding: .completed, state: .completed),
            Finding(live: "b", finding: .partly, state: .superseded),
            Finding(live: "z", finding: .superseded, state: .superseded),
            Finding(live: nil, finding: .superseded, state: .superseded),
        ])
    func classifies(_ sample: Finding) throws {
        let world = World(shards: 1, chain: ["a", "b", "c"])
        let (outcome, finding) = Recovery.classify(
            .digest(sample.live.map(digest)), against: world.records[0])
        #expect(finding == sample.finding)
        #expect(outcome.state == sample.state)
    }

    @Test("statements that had run before the operation began are not its own")
    func begunInTheMiddle() {
        let world = World(shards: 1, chain: ["a", "b", "c"])
        var record = world.records[0]
        record.begun = 1
        let (outcome, finding) = Recovery.classify(.digest(digest("b")), against: record)
        #expect(finding == .notRun)
        #expect(!outcome.changedTheShard)
    }

    @Test("a table that nobody knows after a crash counts as changed by what was allowed")
    func unknownAfterACrash() {
        let world = World(shards: 1)
        var record = world.records[0]
        let (outcome, _) = Recovery.classify(.digest(digest("z")), against: record)
        #expect(outcome.changedTheShard)
        #expect(outcome.message?.contains("approval") == false)
        record.approval = digest("word")
        let (approved, _) = Recovery.classify(.digest(digest("z")), against: record)
        let words = "so approval \(digest("word").short) counts as used up"
        #expect(approved.message?.hasSuffix(words) == true)
    }

    @Test("a shard that cannot be read keeps its pending record")
    func unreadable() throws {
        let world = World(shards: 1)
        #expect(try world.journal.begin(world.records[0]) == nil)
        world.fleet.state.withLock { $0.unreachable = [world.records[0].key.shardID] }
        let recovery = Recovery(opener: world.fleet, journal: world.journal)
        let found = try recovery.settle(world.pending)
        #expect(found.map(\.finding) == [.unknown])
        #expect(world.pending.count == 1)
    }

    @Test("a record stays where reading the shard does not tell what became of it")
    func leftTheFleet() throws {
        let world = World(shards: 1)
        #expect(try world.journal.begin(world.records[0]) == nil)
        let recovery = Recovery(opener: world.fleet, journal: world.journal)
        let found = try recovery.settle(world.pending) { _ in "it is elsewhere" }
        #expect(found.map(\.finding) == [.unknown])
        #expect(found.first?.message.contains("it is elsewhere") == true)
        #expect(world.pending.count == 1)
        #expect(world.executed.isEmpty)
        // Back where it was it is settled as ever.
        #expect(try recovery.settle(world.pending).map(\.finding) == [.notRun])
    }
}
