import Basics
import Diff
import Execution
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("What an engine has begun goes on before anything else begins on its shard")
struct UnderWayTests {
    /// What becomes of an operation that is taken up.
    private enum Course {
        case ends
        /// Its engine gets ready, and it waits for its cutover.
        case parks
        /// It failed for now, and is tried again after a minute, when it ends.
        case rests
        /// Nothing of it goes on in this run.
        case stays
    }

    /// Rollouts, each of a table named like it, on three shards.
    private final class Fleet {
        let clock = SimulatedClock()
        let interrupt = Interrupt()
        var rollouts: [RolloutDrive.Driven] = []
        /// What was taken up, in order: `items s0`; what is at the same time is one entry.
        let taken = Lock<[[String]]>([])
        let courses = Lock<[String: Course]>([:])
        private static let engine = EngineName(rawValue: "copying")

        private static func key(_ table: String, _ shard: Int) -> OperationKey {
            OperationKey(
                shard: ShardID(namespace: "commerce", shard: "s\(shard)"),
                object: ObjectName(.table, table))
        }

        /// - Parameter begun: what an engine has begun of it, as `items s0`, and where it is.
        func add(
            _ tables: [String], begun: [String: OperationState] = [:],
            standstill: RolloutState? = nil, cutover: CutoverPolicy? = nil
        ) {
            let keys = tables.flatMap { table in (0..<3).map { Self.key(table, $0) } }
            var record = RolloutRecord(
                id: tables[0], plan: digest("plan"), policy: .halt, waves: [keys],
                bakeSeconds: [0], startedAt: clock.now.iso, actor: "ada")
            record.cutover = cutover
            var operations: [OperationKey: OperationRecord] = [:]
            var engines: [OperationKey: EngineState] = [:]
            for key in keys {
                operations[key] = OperationRecord(key: key, from: digest("a"), to: digest("b"))
                guard let state = begun[Self.word(key)] else { continue }
                operations[key]?.state = state
                operations[key]?.engine = Self.engine
                engines[key] = EngineState(engine: Self.engine, version: 1, document: "{}")
            }
            let control = RolloutControl(rule: FailureRule(.halt), interrupt: interrupt)
            if let standstill { control.halt(.init(state: standstill, words: "wait")) }
            var driven = RolloutDrive.Driven(record, operations, isBegun: true, control: control)
            driven.engines = engines
            rollouts.append(driven)
        }

        private static func word(_ key: OperationKey) -> String {
            "\(key.object.name) \(key.shard)"
        }

        func run(waits: Bool = true) {
            RolloutDrive(
                run: { [clock, taken, courses] driven, works in
                    let keys = works.flatMap(\.records).map(\.key)
                    taken.withLock { $0.append(keys.map(Self.word)) }
                    var result = RolloutRunner.Result()
                    for key in keys {
                        let course = courses.withLock { courses in
                            let course = courses[Self.word(key)] ?? .ends
                            if course == .rests { courses[Self.word(key)] = .ends }
                            return course
                        }
                        let retry = OperationRetry(
                            attempts: 1, since: clock.now, next: clock.now.adding(seconds: 60),
                            message: "in use")
                        let engine = driven.engines[key]
                        switch course {
                        case .ends:
                            result.outcomes[key] = OperationOutcome(
                                kind: .completed(ran: true), attempts: 0)
                        case .parks:
                            result.rests[key] = OperationRest(kind: .parked, engine: engine)
                        case .rests:
                            result.rests[key] = OperationRest(
                                kind: .postponed(retry), engine: engine)
                        case .stays: break
                        }
                    }
                    return result
                },
                resume: { _ in }, isReady: { _ in true },
                work: { record, keys in
                    Dictionary(grouping: keys, by: \.shardID).sorted { $0.key < $1.key }.map {
                        RolloutRunner.ShardWork(
                            shard: $0, server: .tcp(host: "db", port: 3306),
                            records: $1.map { key in
                                PendingRecord(
                                    rollout: record.id, key: key,
                                    step: sampleStep(
                                        table: key.object.name, shards: [key.shard]),
                                    approval: nil, startedAt: record.startedAt, actor: "ada")
                            })
                    }
                },
                clock: clock, interrupt: interrupt, listener: .silent, waits: waits
            ).run(&rollouts)
        }

        func run(_ course: Course, of word: String, waits: Bool = true) -> [[String]] {
            courses.withLock { $0[word] = course }
            run(waits: waits)
            return taken.withLock { $0 }
        }
    }

    @Test("it goes on before the older rollout, which begins there afterwards")
    func first() {
        let fleet = Fleet()
        fleet.add(["orders"])
        fleet.add(["items"], begun: ["items s0": .running])
        #expect(
            fleet.run(.ends, of: "items s0") == [
                ["items s0"], ["orders s0", "orders s1", "orders s2"], ["items s1", "items s2"],
            ])
    }

    @Test("so does what waits for its next attempt, or for nothing, until it has ended")
    func rests() {
        let fleet = Fleet()
        fleet.add(["orders"])
        fleet.add(["items"], begun: ["items s0": .preparing])
        #expect(
            fleet.run(.rests, of: "items s0") == [
                ["items s0"], ["orders s1", "orders s2"], ["items s1", "items s2"], ["items s0"],
                ["orders s0"],
            ])
        let other = Fleet()
        other.add(["orders"])
        other.add(["items"], begun: ["items s0": .failedRetryable])
        #expect(
            other.run(.stays, of: "items s0", waits: false) == [
                ["items s0"], ["orders s1", "orders s2"], ["items s1", "items s2"],
            ])
        #expect(other.rollouts[0].next == .wait(wave: 0))
    }

    @Test("a cutover that a dead worker left is under way, and what waits for its cutover is not")
    func cutovers() {
        let left = Fleet()
        left.add(["orders"])
        left.add(["items"], begun: ["items s0": .cuttingOver])
        #expect(left.run(.ends, of: "items s0").prefix(1) == [["items s0"]])
        let ready = Fleet()
        ready.add(["orders"])
        ready.add(["items"], begun: ["items s0": .running], cutover: .manual)
        #expect(
            ready.run(.parks, of: "items s0", waits: false).prefix(2) == [
                ["items s0"], ["orders s0", "orders s1", "orders s2"],
            ])
    }

    @Test(
        "in a rollout that somebody holds nobody is at it",
        arguments: [RolloutState.stopped, .paused])
    func held(state: RolloutState) {
        let fleet = Fleet()
        fleet.add(["orders"])
        fleet.add(["items"], begun: ["items s0": .running], standstill: state)
        #expect(
            fleet.run(.ends, of: "items s0") == [["orders s0", "orders s1", "orders s2"]])
    }

    @Test("it goes first in its own rollout, too")
    func own() {
        let fleet = Fleet()
        fleet.add(["orders", "items"], begun: ["items s0": .running])
        let taken = fleet.run(.stays, of: "items s0")
        #expect(taken.first == ["items s0"])
        #expect(taken.dropFirst().joined().contains("orders s1"))
        #expect(!taken.joined().contains("orders s0"))
    }

    @Test("where two rollouts have begun on a shard both go on, the older one first")
    func both() {
        let fleet = Fleet()
        fleet.add(["orders"], begun: ["orders s0": .running])
        fleet.add(["items"], begun: ["items s0": .running])
        #expect(
            fleet.run(.ends, of: "items s0") == [
                ["orders s0"], ["items s0"], ["orders s1", "orders s2"], ["items s1", "items s2"],
            ])
    }
}
