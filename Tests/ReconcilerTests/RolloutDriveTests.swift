import Basics
import Desired
import Diff
import Execution
import Foundation
import Model
import Observed
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Open rollouts are driven in turn, and nothing starts that others must come before")
struct RolloutDriveTests {
    /// Two tables on three shards: a rollout of the first one, and a newer one of the second.
    private final class Fleet: Sendable {
        let simulated: SimulatedFleet
        let journal = SimulatedJournal()
        let clock = SimulatedClock()
        let interrupt = Interrupt()
        let records: [PendingRecord]
        /// The rollouts that the ledger was told of.
        let resumed = Lock<[String]>([])
        let isClosed = Lock(false)
        /// What happens when it is looked at again whether changes may start.
        let renewal = Lock(Hook<Void, Void> {})

        init() {
            records = ["orders", "items"].flatMap { table in
                (0..<3).map { number in
                    PendingRecord(
                        rollout: table,
                        key: OperationKey(
                            shard: ShardID(namespace: "commerce", shard: "s\(number)"),
                            object: ObjectName(.table, table)),
                        step: sampleStep(
                            table: table, shards: ["s\(number)"],
                            statements: [PlanStatement(sql: table, after: digest("b"))]),
                        approval: nil, startedAt: "2026-11-21T12:00:00Z", actor: "ada")
                }
            }
            simulated = SimulatedFleet(
                Dictionary(uniqueKeysWithValues: records.map { ($0.key, digest("a")) }))
        }

        func rollout(
            _ table: String, bakeSeconds: Int = 600, policy: FailurePolicy = .halt
        ) -> RolloutDrive.Driven {
            let keys = records.map(\.key).filter { $0.object.name == table }
            let record = RolloutRecord(
                id: table, plan: digest("plan"), policy: policy,
                waves: [[keys[0]], [keys[1], keys[2]]], bakeSeconds: [bakeSeconds, 0],
                startedAt: clock.now.iso, actor: "ada")
            let operations = keys.map {
                ($0, OperationRecord(key: $0, from: digest("a"), to: digest("b")))
            }
            return RolloutDrive.Driven(
                record, Dictionary(uniqueKeysWithValues: operations), isBegun: false,
                control: RolloutControl(
                    rule: FailureRule(policy), interrupt: interrupt,
                    closed: { [isClosed] in isClosed.withLock { $0 } },
                    renewal: { [renewal] in renewal.withLock { $0 }.call(()) }))
        }

        func run(
            _ rollouts: [RolloutDrive.Driven], waits: Bool = true,
            resume: (@Sendable (RolloutRecord) throws(JournalFailure) -> Void)? = nil,
            listener: RolloutListener = .silent,
            health: HealthGate? = nil,
            isReady: @escaping (OperationKey) -> Bool = { _ in true }
        ) -> [RolloutDrive.Driven] {
            var rollouts = rollouts
            RolloutDrive(
                run: { [simulated, journal, clock] driven, works in
                    RolloutRunner(
                        opener: simulated, journal: journal, clock: clock,
                        control: driven.control, total: 4, perServer: 2, listener: listener
                    ).run(works)
                },
                resume: resume ?? { [resumed] record in resumed.withLock { $0.append(record.id) } },
                isReady: isReady,
                work: { [records] _, keys in
                    records.filter { keys.contains($0.key) }.map {
                        RolloutRunner.ShardWork(
                            shard: $0.key.shardID, server: .tcp(host: "db", port: 3306),
                            records: [$0])
                    }
                },
                clock: clock, interrupt: interrupt, listener: listener, waits: waits,
                health: health
            ).run(&rollouts)
            return rollouts
        }

        /// The tables and shards that were changed, in order: `items s0`.
        var executed: [String] {
            simulated.state.withLock { state in
                state.executed.map { line in
                    let key = line.split(separator: " ")[0].split(separator: "/")
                    return "\(key[2]) \(key[1])"
                }
            }
        }
    }

    @Test("on a shard the older rollout goes first, and the newer one waits for its bake there")
    func order() {
        let fleet = Fleet()
        let ended = fleet.run([fleet.rollout("orders"), fleet.rollout("items", bakeSeconds: 0)])
        #expect(fleet.executed.prefix(2) == ["orders s0", "items s0"])
        #expect(
            fleet.executed.filter { !$0.hasSuffix("s0") }.map { $0.split(separator: " ")[0] } == [
                "orders", "orders", "items", "items",
            ])
        #expect(fleet.clock.waits == [600])
        #expect(ended.allSatisfy { $0.next == .end })
    }

    @Test("a bake is counted from the time that the ledger has, whatever the clock is set to")
    func theClockIsSetBack() {
        let fleet = Fleet()
        let began = fleet.clock.now
        let listener = RolloutListener { event in
            if case .settled = event { fleet.clock.set(by: -300) }
        }
        let ended = fleet.run([fleet.rollout("orders")], waits: false, listener: listener)
        #expect(fleet.clock.now == began.adding(seconds: -300))
        #expect(ended[0].operations[fleet.records[0].key]?.endedAt == began.iso)
        #expect(ended[0].next == .bake(wave: 0, until: began.adding(seconds: 600)))
    }

    @Test("that a pass goes on with a rollout is recorded once, before its first operation")
    func resumed() {
        let fleet = Fleet()
        let listener = RolloutListener { event in
            guard case .started = event else { return }
            #expect(fleet.resumed.withLock { $0 } == ["orders"])
        }
        _ = fleet.run([fleet.rollout("orders")], listener: listener)
        #expect(fleet.executed.count == 3)
        #expect(fleet.resumed.withLock { $0 } == ["orders"])
    }

    /// Each answer is for one question, the last one for all that follow.
    private func gate(
        _ answers: [HealthQuestion.Answer], asked: Lock<[[String]]>, paused: Lock<[String]>
    ) throws -> HealthGate {
        let expected = try #require(HealthCheck.Expectation("= 0"))
        return HealthGate(
            check: HealthCheck(.query("SELECT 0", expected: expected), eachSeconds: 250),
            ask: { question in
                let number = asked.withLock { asked in
                    asked.append(question.shards.map(\.shard))
                    return asked.count
                }
                let answer = answers[min(number, answers.count) - 1]
                return Dictionary(
                    uniqueKeysWithValues: question.shards.map {
                        ($0, HealthGate.Answer(answer, expected: expected))
                    })
            },
            pause: { record, reason throws(JournalFailure) in
                paused.withLock { $0.append(reason) }
                return RolloutMark(pause: .init(reason: reason, at: "now"))
                    .standstill(of: record.id)
            })
    }

    @Test("a wave is asked while it bakes and before the next one opens, and then no more")
    func health() throws {
        let fleet = Fleet()
        let (asked, paused) = (Lock<[[String]]>([]), Lock<[String]>([]))
        // Where the wave bakes, no answer is no bad one.
        let gate = try gate(
            [.value("0"), .unanswered("gone"), .value("0")], asked: asked, paused: paused)
        let ended = fleet.run([fleet.rollout("orders")], health: gate)
        #expect(fleet.executed.count == 3)
        #expect(fleet.clock.waits == [250, 250, 100])
        #expect(asked.withLock { $0 } == [["s0"], ["s0"], ["s0"], ["s0"]])
        #expect(paused.withLock { $0 }.isEmpty)
        #expect(ended[0].next == .end)
        // Nothing is asked of a rollout that goes on in the middle of a wave.
        var half = fleet.rollout("items", bakeSeconds: 0)
        for number in [0, 1] {
            half.operations[fleet.records[3 + number].key]?.state = .completed
            half.operations[fleet.records[3 + number].key]?.startedAt = fleet.clock.now.iso
        }
        _ = fleet.run([half], health: gate)
        #expect(asked.withLock { $0 }.count == 4)
    }

    @Test("a wave of which a part was found done has not opened: the one before it is asked first")
    func foundDone() throws {
        let fleet = Fleet()
        let (asked, paused) = (Lock<[[String]]>([]), Lock<[String]>([]))
        var rollout = fleet.rollout("orders", bakeSeconds: 0)
        for place in [0, 1] { rollout.operations[fleet.records[place].key]?.state = .completed }
        rollout.operations[fleet.records[0].key]?.startedAt = fleet.clock.now.iso
        let gate = try gate([.value("3")], asked: asked, paused: paused)
        let ended = fleet.run([rollout], health: gate)
        #expect(asked.withLock { $0 } == [["s0"]])
        #expect(fleet.executed.isEmpty)
        #expect(ended[0].control.standstill?.state == .paused)
    }

    @Test(
        "a wave has not opened because of one that failed while it got ready for its cutover",
        arguments: [
            (CutoverPolicy.barrier, OperationState.failed, 1), (.manual, .failed, 1),
            (.manual, .failedRetryable, 1), (.rolling, .failed, 0), (.barrier, .cuttingOver, 0),
        ])
    func failedBeforeItsWave(
        cutover: CutoverPolicy, state: OperationState, questions: Int
    ) throws {
        let fleet = Fleet()
        let (asked, paused) = (Lock<[[String]]>([]), Lock<[String]>([]))
        var rollout = fleet.rollout("orders", bakeSeconds: 0, policy: .pause)
        rollout.record.cutover = cutover
        let states = [.completed, state, cutover == .rolling ? .pending : .waitingForCutover]
        for (place, state) in states.enumerated() {
            rollout.operations[fleet.records[place].key]?.state = state
            rollout.operations[fleet.records[place].key]?.startedAt = fleet.clock.now.iso
        }
        let next = fleet.clock.now.adding(seconds: 60).iso
        if state == .failedRetryable {
            rollout.operations[fleet.records[1].key]?.nextAttemptAt = next
        }
        if cutover == .manual {
            rollout.cutovers = [
                CutoverRequest(actor: "ada", reason: "now", at: next, shards: nil)
            ]
        }
        let gate = try gate([.value("3")], asked: asked, paused: paused)
        let ended = fleet.run([rollout], waits: false, health: gate)
        #expect(asked.withLock { $0 }.count == questions)
        #expect(ended[0].control.standstill?.state == (questions > 0 ? .paused : nil))
        #expect(fleet.executed.isEmpty == (questions > 0))
    }

    @Test(
        "a bad answer pauses: while the wave bakes, and before the next one opens",
        arguments: [
            ([HealthQuestion.Answer.value("3")], 1), ([.value(nil)], 1),
            ([.value("0"), .value("1")], 2),
            ([.value("0"), .value("0"), .value("0"), .unanswered("gone")], 4),
        ])
    func unhealthy(answers: [HealthQuestion.Answer], questions: Int) throws {
        let fleet = Fleet()
        let (asked, paused) = (Lock<[[String]]>([]), Lock<[String]>([]))
        let gate = try gate(answers, asked: asked, paused: paused)
        let ended = fleet.run([fleet.rollout("orders")], health: gate)
        #expect(fleet.executed == ["orders s0"])
        #expect(asked.withLock { $0 }.count == questions)
        #expect(paused.withLock { $0 }.count == 1)
        #expect(ended[0].control.standstill?.state == .paused)
    }

    @Test("where nothing may start nothing is recorded, and nobody waits for a bake")
    func nothingDue() {
        let fleet = Fleet()
        _ = fleet.run([fleet.rollout("orders")], isReady: { _ in false })
        #expect(fleet.resumed.withLock { $0 }.isEmpty)
        let first = fleet.records[0].key
        let ended = fleet.run([fleet.rollout("orders")], isReady: { $0 == first })
        #expect(fleet.executed == ["orders s0"])
        #expect(fleet.clock.waits.isEmpty)
        #expect(ended[0].next.isWaiting)
        // A newer one behind an older one that bakes does not begin there either.
        _ = fleet.run(
            [ended[0], fleet.rollout("items")], waits: false,
            isReady: { $0.shard != "s0" || $0.object.name == "orders" })
        #expect(fleet.executed == ["orders s0"])
        #expect(fleet.resumed.withLock { $0 } == ["orders"])
    }

    @Test("what an engine has begun does not go on without what the engine needs")
    func withoutItsState() {
        let fleet = Fleet()
        var rollout = fleet.rollout("orders", bakeSeconds: 0)
        let first = fleet.records[0].key
        rollout.operations[first]?.engine = EngineName(rawValue: "copying")
        rollout.operations[first]?.state = .running
        let ended = fleet.run([rollout])
        #expect(fleet.executed.isEmpty)
        #expect(ended[0].next == .wait(wave: 0))
    }

    @Test("where that cannot be recorded nothing starts")
    func notRecorded() {
        let fleet = Fleet()
        let ended = fleet.run(
            [fleet.rollout("orders")],
            resume: { _ throws(JournalFailure) in throw JournalFailure("no space left") })
        #expect(fleet.executed.isEmpty)
        #expect(ended[0].result.journalFailure?.message == "no space left")
    }

    @Test("a window that closes lets the running statements end and opens no wave")
    func closes() {
        let fleet = Fleet()
        let listener = RolloutListener { event in
            if case .settled = event { fleet.isClosed.withLock { $0 = true } }
        }
        let ended = fleet.run([fleet.rollout("orders", bakeSeconds: 0)], listener: listener)
        #expect(fleet.executed == ["orders s0"])
        #expect(ended[0].next.isRunnable && ended[0].control.isClosed)
    }

    @Test("before each wave it is looked at again whether changes may start")
    func looksAgain() {
        let fleet = Fleet()
        let looks = Lock(0)
        fleet.renewal.withLock { [isClosed = fleet.isClosed] renewal in
            renewal = Hook {
                let count = looks.withLock { looks in
                    looks += 1
                    return looks
                }
                isClosed.withLock { $0 = count == 2 }
            }
        }
        let ended = fleet.run([fleet.rollout("orders", bakeSeconds: 0)])
        #expect(fleet.executed == ["orders s0"])
        #expect(ended[0].next.isRunnable && ended[0].control.isClosed)
    }

    @Test("after a failure on a shard nothing starts there, of any rollout")
    func failed() {
        let fleet = Fleet()
        fleet.simulated.state.withLock { $0.refused = ["orders \(digest("b").short)"] }
        _ = fleet.run([
            fleet.rollout("orders", policy: .continue), fleet.rollout("items", bakeSeconds: 0),
        ])
        #expect(fleet.executed.isEmpty)
    }

    @Test("what was refused is not taken up again in a pass because another one of its shard rests")
    func refusedBesideOneThatRests() {
        let fleet = Fleet()
        let keys = [fleet.records[0].key, fleet.records[3].key]
        let record = RolloutRecord(
            id: "both", plan: digest("plan"), policy: .halt, waves: [keys], bakeSeconds: [0],
            startedAt: fleet.clock.now.iso, actor: "ada")
        var rollouts = [
            RolloutDrive.Driven(
                record,
                Dictionary(
                    uniqueKeysWithValues: keys.map {
                        ($0, OperationRecord(key: $0, from: digest("a"), to: digest("b")))
                    }),
                isBegun: true,
                control: RolloutControl(rule: FailureRule(.halt), interrupt: fleet.interrupt))
        ]
        let runs = Lock<[[OperationKey]]>([])
        let again = fleet.clock.now.adding(seconds: 60)
        RolloutDrive(
            run: { [clock = fleet.clock] _, works in
                let taken = works.flatMap(\.records).map(\.key)
                runs.withLock { $0.append(taken) }
                var result = RolloutRunner.Result()
                for key in taken where key == keys[1] {
                    result.outcomes[key] = OperationOutcome(
                        kind: .notRun, message: "approval expired", attempts: 0)
                }
                for key in taken where key == keys[0] && runs.withLock({ $0.count }) == 1 {
                    result.rests[key] = OperationRest(
                        kind: .postponed(
                            OperationRetry(
                                attempts: 1, since: clock.now, next: again, message: "in use")),
                        engine: nil)
                }
                return result
            },
            resume: { _ in }, isReady: { _ in true },
            work: { [records = fleet.records] _, keys in
                [
                    RolloutRunner.ShardWork(
                        shard: keys[0].shardID, server: .tcp(host: "db", port: 3306),
                        records: records.filter { keys.contains($0.key) })
                ]
            },
            clock: fleet.clock, interrupt: fleet.interrupt, listener: .silent, waits: true
        ).run(&rollouts)
        #expect(runs.withLock { $0 } == [keys, [keys[0]]])
    }
}
