import Basics
import Diff
import Execution
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

/// Direct changes of three shards that wait for each other, in memory.
private final class WaitingFleet: Sendable {
    let fleet: SimulatedFleet
    let journal = SimulatedJournal()
    let clock = SimulatedClock()
    let records: [PendingRecord]
    let rollout: RolloutRecord
    /// Where each shard is.
    let servers: @Sendable (ShardID) -> ServerAddress

    convenience init(
        _ cutover: CutoverPolicy, policy: FailurePolicy = .halt,
        servers: @escaping @Sendable (ShardID) -> ServerAddress = { _ in
            .tcp(host: "db", port: 3306)
        }
    ) {
        let statements = ["b", "c"].map { PlanStatement(sql: "orders", after: digest($0)) }
        let step = sampleStep(from: "a", to: "c", statements: statements)
        self.init(cutover, policy, steps: (0..<3).map { ("s\($0)", step) }, servers: servers)
    }

    init(
        _ cutover: CutoverPolicy, _ policy: FailurePolicy,
        steps: [(shard: String, step: PlanStep)],
        servers: @escaping @Sendable (ShardID) -> ServerAddress = { _ in
            .tcp(host: "db", port: 3306)
        }
    ) {
        self.servers = servers
        let now = clock.now.iso
        records = steps.map { shard, step in
            PendingRecord(
                rollout: "r1",
                key: OperationKey(
                    shard: ShardID(namespace: "commerce", shard: shard), object: step.object),
                step: step, approval: nil, startedAt: now, actor: "ada")
        }
        fleet = SimulatedFleet(
            Dictionary(
                records.map { record in
                    let name = record.step.renamedFrom ?? record.step.object
                    return (
                        OperationKey(shard: record.key.shardID, object: name), record.step.from
                    )
                }, uniquingKeysWith: { $0 ?? $1 }))
        var rollout = RolloutRecord(
            id: "r1", plan: digest("plan"), policy: policy, waves: [records.map(\.key)],
            bakeSeconds: [0], startedAt: now, actor: "ada")
        rollout.cutover = cutover
        self.rollout = rollout
        fleet.isRecorded.withLock { [journal] body in
            body = Hook { key in journal.state.withLock { $0.pending[key] != nil } }
        }
    }

    /// The operations as the journal has them.
    private var operations: [OperationKey: OperationRecord] {
        journal.state.withLock { state in
            let records = self.records.map { record -> (OperationKey, OperationRecord) in
                var operation = OperationRecord(
                    key: record.key, from: record.step.from, to: record.step.to)
                operation.state = state.phases[record.key] ?? .pending
                if let retry = state.retries[record.key], operation.state == .failedRetryable {
                    operation.attempts = retry.attempts
                    operation.failingSince = retry.since.iso
                    operation.nextAttemptAt = retry.next.iso
                }
                if state.pending[record.key] != nil { operation.state = .running }
                if let ended = state.ended[record.key] {
                    operation.state = ended.state
                    operation.endedAt = clock.now.iso
                }
                return (record.key, operation)
            }
            return Dictionary(uniqueKeysWithValues: records)
        }
    }

    /// A process that settles what another left, and goes on.
    func run(faults: FaultPoints = .none, budget: RetryBudget = .standard) throws {
        let recovery = Recovery(opener: fleet, journal: journal)
        let pending = journal.state.withLock { Array($0.pending.values) }
        for line in try recovery.settle(pending)
        where line.finding == .notRun {
            journal.state.withLock { $0.phases[line.key] = .pending }
        }
        let interrupt = Interrupt()
        var driven = [
            RolloutDrive.Driven(
                rollout, operations, isBegun: true,
                control: RolloutControl(rule: rollout.failureRule, interrupt: interrupt))
        ]
        let drive = RolloutDrive(
            run: { [fleet, journal, clock] driven, works in
                RolloutRunner(
                    opener: fleet, journal: journal, clock: clock, control: driven.control,
                    isInOrder: driven.isInOrder, total: 2, perServer: 2, faults: faults,
                    budget: budget
                ).run(works)
            },
            resume: { _ in }, isReady: { _ in true },
            work: { [records, servers] _, keys in
                let own = Dictionary(
                    grouping: records.filter { keys.contains($0.key) }, by: \.key.shardID)
                return own.sorted { $0.key < $1.key }.map { shard, records in
                    .init(
                        shard: shard, server: servers(shard), records: records)
                }
            },
            clock: clock, interrupt: interrupt, listener: .silent, waits: true)
        drive.run(&driven)
    }

    var events: [String] { journal.state.withLock { $0.events } }
    var executed: [String] { fleet.state.withLock { $0.executed } }
    var isConverged: Bool {
        fleet.state.withLock { $0.tables.values.allSatisfy { $0 == digest("c") } }
    }
}

@Suite("Changes that wait for each other survive their processes")
struct CutoverCrashTests {
    @Test("barrier: shards change in the order of the rollout, whatever servers they are on")
    func acrossServers() throws {
        // Servers take turns elsewhere: s0 and s1 are on one, s2 is on another.
        let world = WaitingFleet(
            .barrier, servers: { .tcp(host: $0.shard == "s2" ? "db-1" : "db-0", port: 3306) })
        try world.run()
        let shards = world.executed.map { $0.split(separator: "/")[1] }
        #expect(shards == ["s0", "s0", "s1", "s1", "s2", "s2"], "\(world.executed)")
        // Where work is shared, a server after the other.
        let works = ["a", "a", "b", "a"].enumerated().map { place, host in
            RolloutRunner.ShardWork(
                shard: ShardID(namespace: "commerce", shard: "s\(place)"),
                server: .tcp(host: host, port: 3306), records: [])
        }
        let runs = SharedBatch.runs(of: works).map { $0.map(\.shard.shard) }
        #expect(runs == [["s0", "s1"], ["s2"], ["s3"]])
    }

    @Test(
        "wherever a process dies, the next one goes on; each statement runs once",
        arguments: [CutoverPolicy.barrier, .parallel])
    func everyPoint(_ cutover: CutoverPolicy) throws {
        var deaths = 0
        for count in 0..<32 {
            let world = WaitingFleet(cutover)
            let left = Lock(count)
            let faults = FaultPoints.calling { _ throws(JournalFailure) in
                let isDead = left.withLock { left in
                    left -= 1
                    return left < 0
                }
                if isDead { throw JournalFailure("killed") }
            }
            try world.run(faults: faults)
            if left.withLock({ $0 < 0 }) { deaths += 1 }
            // No table changed before all were ready.
            let firsts = world.events.filter { $0.hasPrefix("parked") }.count
            #expect(world.executed.isEmpty || firsts >= 3, "\(count): \(world.events)")
            try world.run()
            #expect(Set(world.executed).count == world.executed.count, "\(count)")
            #expect(world.fleet.state.withLock { $0.unrecorded.isEmpty }, "\(count)")
            // A step that was half done goes on with the next plan.
            let halves = world.events.count { $0.hasPrefix("operation-partly-done") }
            #expect(world.isConverged == (halves == 0), "\(count): \(world.events)")
            let ends = world.events.filter { $0.hasPrefix("operation-completed") }
            #expect(ends.count + halves == 3, "\(count): \(world.events)")
        }
        #expect((24..<32).contains(deaths), "\(deaths)")
    }

    @Test("in a barrier the shards change one after the other, in their order")
    func order() throws {
        let world = WaitingFleet(.barrier)
        try world.run()
        #expect(
            world.executed.map { $0.split(separator: " ")[0].split(separator: "/")[1] } == [
                "s0", "s0", "s1", "s1", "s2", "s2",
            ])
        #expect(world.events.prefix(3).allSatisfy { $0.hasPrefix("parked") })
    }

    @Test("what another operation of its shard comes before is made ready without a look")
    func dependent() throws {
        let renamed = PlanStep(
            kind: .alter, namespace: "commerce", object: "u", renamedFrom: "t", shards: ["s0"],
            from: digest("a"), to: digest("b"),
            statements: [PlanStatement(sql: "t > u", after: digest("b"))], hazard: .costly,
            findings: [], cause: PlanCause(kind: .git), differences: [], order: 0)
        // A new table takes the name that the other one has until its turn.
        let made = sampleStep(
            table: "t", from: nil, to: "c", kind: .create,
            statements: [PlanStatement(sql: "t", after: digest("c"))], order: 1)
        let world = WaitingFleet(.barrier, .halt, steps: [("s0", renamed), ("s0", made)])
        try world.run()
        #expect(world.events.prefix(2).allSatisfy { $0.hasPrefix("parked") })
        #expect(world.events.count { $0.hasPrefix("operation-completed") } == 2)
        #expect(world.executed.count == 2)
    }

    @Test("while an operation waits for its next attempt nothing else begins on its shard")
    func restingShard() {
        let claims = ChangeClaims.claims(
            of: ["t", "u"].map { [.init(from: nil, to: nil, names: [$0])] }, live: [])
        let steps = ["t", "u"].map { table in
            sampleStep(table: table, statements: [PlanStatement(sql: table, after: digest("b"))])
        }
        let world = WaitingFleet(.rolling, .halt, steps: steps.map { ("s0", $0) })
        world.fleet.state.withLock { $0.lockWaits = 4 }
        let result = RolloutRunner(
            opener: world.fleet, journal: world.journal, clock: world.clock,
            control: RolloutControl(rule: FailureRule(.halt), interrupt: Interrupt()), total: 1,
            perServer: 1
        ).run([
            .init(
                shard: world.records[0].key.shardID, server: .tcp(host: "db", port: 3306),
                records: world.records, order: ChangeOrder(claims))
        ])
        #expect(result.rests.keys.map(\.object) == ["t"])
        #expect(result.outcomes.isEmpty && world.executed.isEmpty)
    }

    @Test("a step that is half done is not left alone: its pauses are sat out")
    func halfDone() throws {
        let statements = ["b", "c"].map { PlanStatement(sql: "orders", after: digest($0)) }
        let step = sampleStep(from: "a", to: "c", statements: statements)
        let world = WaitingFleet(.rolling, .halt, steps: [("s0", step)])
        let isHeld = Lock(false)
        let faults = FaultPoints.calling { point throws(JournalFailure) in
            guard point == .afterStatement else { return }
            isHeld.withLock { isHeld in
                if !isHeld { world.fleet.state.withLock { $0.lockWaits = 6 } }
                isHeld = true
            }
        }
        try world.run(faults: faults)
        #expect(world.isConverged)
        #expect(!world.events.contains { $0.hasPrefix("postponed") }, "\(world.events)")
    }

    @Test("the attempts of all processes count: the budget is that of the operation")
    func budget() throws {
        let world = WaitingFleet(.rolling, policy: .continue)
        world.fleet.state.withLock { $0.lockWaits = 1_000 }
        let budget = RetryBudget(attempts: 6, withinSeconds: 3_600)
        let left = Lock(2)
        let faults = FaultPoints.calling { point throws(JournalFailure) in
            guard point == .afterState else { return }
            let isDead = left.withLock { left in
                left -= 1
                return left < 0
            }
            if isDead { throw JournalFailure("killed") }
        }
        try world.run(faults: faults, budget: budget)
        let before = world.fleet.state.withLock { $0.lockWaits }
        #expect(world.journal.state.withLock { $0.ended.isEmpty && !$0.retries.isEmpty })
        try world.run(budget: budget)
        let ended = world.journal.state.withLock { $0.ended }
        #expect(ended.count == 3 && ended.values.allSatisfy { $0.kind == .failed })
        #expect(ended.values.allSatisfy { $0.attempts == 6 })
        #expect(ended.values.allSatisfy { $0.message == "lock wait timeout (after 6 attempts)" })
        // What was recorded before is not tried anew.
        #expect(1_000 - before < 18 && world.fleet.state.withLock { $0.lockWaits } <= 982)
        #expect(world.executed.isEmpty)
    }
}
