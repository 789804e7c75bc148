import Basics
import Diff
import Execution
import Foundation
import Model
import Reports
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Operations of one shard that do not need each other")
struct ParallelShardTests {
    /// Shards with tables, some of which wait for others.
    private struct World {
        let fleet: ParallelFleet
        let journal = SimulatedJournal()
        let clock = SimulatedClock()
        let interrupt = Interrupt()
        let work: [RolloutRunner.ShardWork]

        /// - Parameter meets: by operation the names that it shares with others.
        init(
            shards: Int = 1, tables: Int, servers: Int = 1, chain: [String] = ["a", "b"],
            meets: (Int) -> [String] = { _ in [] }
        ) {
            var live: [OperationKey: Digest?] = [:]
            let order = ChangeOrder(
                ChangeClaims.claims(
                    of: (0..<tables).map { table in
                        [.init(from: nil, to: nil, names: ["t\(table)"] + meets(table))]
                    }, live: []))
            work = (0..<shards).map { number in
                let shard = ShardID(namespace: "commerce", shard: "s\(number)")
                let records = (0..<tables).map { table in
                    let name = "t\(table)"
                    let key = OperationKey(shard: shard, object: ObjectName(.table, name))
                    live[key] = digest(chain[0])
                    let step = sampleStep(
                        table: name, shards: [shard.shard], from: chain[0], to: chain.last,
                        statements: chain.dropFirst().map {
                            PlanStatement(sql: name, after: digest($0))
                        })
                    return PendingRecord(
                        rollout: "r1", key: key, step: step, approval: nil,
                        startedAt: "2026-11-21T12:00:00Z", actor: "ada")
                }
                return RolloutRunner.ShardWork(
                    shard: shard, server: .tcp(host: "db-\(number % servers)", port: 3306),
                    records: records, order: order)
            }
            let simulated = SimulatedFleet(live)
            let journal = journal
            simulated.isRecorded.withLock { body in
                body = Hook { key in journal.state.withLock { $0.pending[key] != nil } }
            }
            fleet = ParallelFleet(simulated)
        }

        func run(
            total: Int = 8, perServer: Int = 3, policy: FailurePolicy = .halt,
            faults: FaultPoints = .none, listener: RolloutListener = .silent
        ) -> RolloutRunner.Result {
            RolloutRunner(
                opener: fleet, journal: journal, clock: clock,
                control: RolloutControl(rule: FailureRule(policy), interrupt: interrupt),
                total: total,
                perServer: perServer, faults: faults, listener: listener
            ).run(work)
        }

        var records: [PendingRecord] { work.flatMap(\.records) }
        var load: ParallelFleet.Load { fleet.load.withLock { $0 } }
        var executed: [String] { fleet.inner.state.withLock { $0.executed } }
        var pending: [PendingRecord] { journal.state.withLock { Array($0.pending.values) } }
        var isConverged: Bool {
            fleet.inner.state.withLock { $0.tables.values.allSatisfy { $0 == digest("b") } }
        }

        /// Statements wait until `count` of them run at a time, the first time.
        func gather(_ count: Int) {
            let fleet = fleet
            fleet.beforeStatement.withLock { body in
                body = Hook { _ in
                    while fleet.load.withLock({ $0.most < count }) { usleep(100) }
                }
            }
        }
    }

    struct Bounds: Sendable {
        let shards: Int
        let tables: Int
        let servers: Int
        let total: Int
        let perServer: Int
        /// How many statements run at a time.
        let most: Int
    }

    @Test(
        "as many run at a time as the limits allow, each once",
        arguments: [
            Bounds(shards: 1, tables: 20, servers: 1, total: 8, perServer: 3, most: 3),
            Bounds(shards: 1, tables: 20, servers: 1, total: 2, perServer: 4, most: 2),
            Bounds(shards: 1, tables: 20, servers: 1, total: 8, perServer: 1, most: 1),
            Bounds(shards: 1, tables: 2, servers: 1, total: 8, perServer: 4, most: 2),
            Bounds(shards: 2, tables: 20, servers: 2, total: 8, perServer: 3, most: 6),
            Bounds(shards: 2, tables: 20, servers: 1, total: 8, perServer: 3, most: 3),
            Bounds(shards: 9, tables: 4, servers: 3, total: 5, perServer: 2, most: 5),
            // The leader and seven helpers are all that this fleet lets in.
            Bounds(shards: 1, tables: 30, servers: 1, total: 20, perServer: 20, most: 8),
        ])
    func bounds(_ sample: Bounds) {
        let world = World(shards: sample.shards, tables: sample.tables, servers: sample.servers)
        world.gather(sample.most)
        let result = world.run(total: sample.total, perServer: sample.perServer)
        let count = sample.shards * sample.tables
        #expect(world.isConverged)
        #expect(world.executed.count == count)
        #expect(result.outcomes.count == count)
        #expect(result.obstacles.isEmpty)
        #expect(world.load.most == sample.most)
        #expect((world.load.mostOnShard.values.max() ?? 0) <= sample.perServer)
        #expect(world.load.numbers.values.allSatisfy { $0.isEmpty })
        #expect(world.pending.isEmpty)
    }

    @Test("what meets goes in the order of the plan, whoever works on it", arguments: 0..<8)
    func needs(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let names = (0..<24).map { _ in "n\(Int.random(in: 0..<9, using: &random))" }
        let world = World(tables: 24) { [names[$0]] }
        _ = world.run(total: 4, perServer: 4)
        #expect(world.isConverged)
        let places = world.load.started.compactMap { Int($0.object.name.dropFirst()) }
        for name in Set(names) {
            let own = places.filter { names[$0] == name }
            #expect(own == own.sorted())
        }
    }

    @Test("with all of them joined nobody is called to help")
    func sequence() {
        let world = World(tables: 6) { _ in ["same"] }
        _ = world.run()
        #expect(world.load.started.map(\.object.name) == (0..<6).map { "t\($0)" })
        #expect(world.load.most == 1)
        #expect(world.load.asked == 0)
    }

    @Test(
        "after a failure nothing is started; what runs ends and is recorded",
        arguments: [FailurePolicy.halt, .continue])
    func failure(policy: FailurePolicy) {
        let world = World(tables: 12)
        world.fleet.inner.state.withLock { $0.refused = ["t1 \(digest("b").short)"] }
        let hasFailed = Lock(false)
        let fleet = world.fleet
        fleet.beforeStatement.withLock { body in
            body = Hook { key in
                while fleet.load.withLock({ $0.most < 3 }) { usleep(100) }
                while key.object.name != "t1", !hasFailed.withLock({ $0 }) { usleep(100) }
            }
        }
        let listener = RolloutListener { event in
            guard case .settled(let key, _) = event, key.object.name == "t1" else { return }
            hasFailed.withLock { $0 = true }
        }
        let result = world.run(policy: policy, listener: listener)
        let failed = result.outcomes.filter { $0.value.kind == .failed }
        #expect(failed.keys.map(\.object.name) == ["t1"])
        #expect(result.outcomes.count == 3)
        #expect(world.load.started.count == 3)
        #expect(world.executed.count == 2)
        #expect(world.pending.isEmpty)
    }

    @Test("an end that was asked for finishes what runs and starts nothing else")
    func interrupted() {
        let world = World(tables: 12)
        let (fleet, interrupt) = (world.fleet, world.interrupt)
        fleet.beforeStatement.withLock { body in
            body = Hook { _ in
                while fleet.load.withLock({ $0.most < 3 }) { usleep(100) }
                interrupt.raise()
            }
        }
        let result = world.run()
        #expect(world.executed.count == 3)
        #expect(result.outcomes.count == 3)
        #expect(world.pending.isEmpty)
    }

    @Test("once the ledger has failed for one of them nothing is started on the shard")
    func brokenLedger() {
        let world = World(tables: 12)
        world.gather(3)
        let journal = world.journal
        let faults = FaultPoints.calling { point throws(JournalFailure) in
            guard point == .beforeOutcome else { return }
            journal.state.withLock { $0.isBroken = true }
        }
        let result = world.run(faults: faults)
        #expect(result.journalFailure?.message == "no space left")
        #expect(result.outcomes.isEmpty)
        #expect(world.executed.count == 3)
        #expect(world.pending.count == 3)
        #expect(world.load.numbers.values.allSatisfy { $0.isEmpty })
    }

    @Test("where nobody else gets in the one session does it all, and asks once")
    func alone() {
        let world = World(tables: 12)
        world.fleet.letsHelpersIn.withLock { $0 = false }
        let fleet = world.fleet
        fleet.beforeStatement.withLock { body in
            // Somebody has come by then.
            body = Hook { _ in while fleet.load.withLock({ $0.asked == 0 }) { usleep(100) } }
        }
        let result = world.run(total: 2)
        #expect(world.isConverged)
        #expect(result.outcomes.count == 12)
        #expect(world.load.most == 1)
        #expect(world.load.asked == 1)
    }

    @Test("one that waits for a lock leaves the shard alone: the others end, and all go on later")
    func lockWait() {
        let world = World(tables: 9)
        world.gather(3)
        world.fleet.inner.state.withLock { $0.lockWaits = 2 }
        let waiting = Lock<[Int]>([])
        let fleet = world.fleet
        let listener = RolloutListener { event in
            guard case .waiting = event else { return }
            let now = fleet.load.withLock { $0.now }
            waiting.withLock { $0.append(now) }
        }
        let result = world.run(listener: listener)
        #expect(world.isConverged)
        #expect(result.outcomes.count == 9)
        #expect(world.executed.count == 9)
        // Nothing runs in a pause.
        #expect(!waiting.withLock { $0 }.isEmpty && waiting.withLock { $0 }.allSatisfy { $0 == 0 })
        #expect(world.clock.waits.allSatisfy { $0 == 1 })
    }

    @Test("after a crash at any point the next run converges", arguments: 0..<40)
    func crash(count: Int) throws {
        let world = World(shards: 2, tables: 5, chain: ["a", "c", "b"]) { $0 < 2 ? ["both"] : [] }
        var random = SeededGenerator(seed: UInt64(count))
        world.fleet.inner.state.withLock {
            $0.lossesAfter = Int.random(in: 0...1, using: &random)
            $0.lockWaits = Int.random(in: 0...1, using: &random)
        }
        let left = Lock(count)
        let faults = FaultPoints.calling { _ throws(JournalFailure) in
            let isDead = left.withLock { left in
                left -= 1
                return left < 0
            }
            if isDead { throw JournalFailure("killed") }
        }
        _ = world.run(faults: faults)
        let recovery = Recovery(opener: world.fleet, journal: world.journal)
        let found = try recovery.settle(world.pending)
        #expect(found.allSatisfy { $0.finding != .unknown })
        #expect(world.pending.isEmpty)
        let state = world.journal.state.withLock { $0 }
        // Nothing ran twice or without a record, and what is live is what is recorded.
        #expect(Set(world.executed).count == world.executed.count)
        #expect(world.fleet.inner.state.withLock { $0.unrecorded }.isEmpty)
        let changed = world.fleet.inner.state.withLock {
            $0.tables.filter { $0.value != digest("a") }
        }
        #expect(state.recorded.filter { $0.value != digest("a") } == changed)
        #expect(Set(state.used) == Set(changed.keys) && state.used.count == changed.count)
        let ends = state.events.filter { !$0.hasPrefix("started") }
        #expect(Set(ends).count == ends.count)
    }
}
