import Basics
import Diff
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("When operations change their tables that are ready, and are tried again that failed")
struct CutoverProgressTests {
    private static let keys = RolloutProgressTests.keys
    private static let start = RolloutProgressTests.start

    /// A canary that bakes for ten minutes, two more shards, the last one.
    private func record(_ cutover: CutoverPolicy?, _ policy: FailurePolicy) -> RolloutRecord {
        let keys = Self.keys
        var record = RolloutRecord(
            id: "r1", plan: digest("plan"), policy: policy,
            waves: [[keys[0]], [keys[1], keys[2]], [keys[3]]], bakeSeconds: [600, 0, 0],
            startedAt: Self.start.iso, actor: "ada")
        record.cutover = cutover
        return record
    }

    private func operations(
        _ states: [OperationState], retries: [Int: Int64] = [:], engines: Set<Int> = []
    ) -> [OperationKey: OperationRecord] {
        var records: [OperationKey: OperationRecord] = [:]
        for (place, state) in states.enumerated() {
            var record = OperationRecord(
                key: Self.keys[place], state: state, from: digest("a"), to: digest("b"))
            if state.isTerminal { record.endedAt = Self.start.iso }
            record.nextAttemptAt = retries[place].map { Self.start.adding(seconds: $0).iso }
            if engines.contains(place) { record.engine = EngineName(rawValue: "copying") }
            records[record.key] = record
        }
        return records
    }

    private func next(
        _ cutover: CutoverPolicy?, _ states: [OperationState], at time: Int64 = 0,
        retries: [Int: Int64] = [:], engines: Set<Int> = [], policy: FailurePolicy = .halt,
        asked: [CutoverRequest]? = nil, held: Set<Int> = []
    ) -> RolloutProgress.Next {
        let held = Set(held.map { Self.keys[$0] })
        return RolloutProgress(record(cutover, policy), cutovers: asked).next(
            operations(states, retries: retries, engines: engines),
            now: Self.start.adding(seconds: time)
        ) { !held.contains($0) }
    }

    private func request(_ shards: [Int]?) -> CutoverRequest {
        CutoverRequest(
            actor: "ada", reason: "now", at: Self.start.iso,
            shards: shards?.map { Self.keys[$0].shardID })
    }

    private let parked = OperationState.waitingForCutover

    @Test("barrier: all of all waves are made ready, then they change wave by wave, in order")
    func barrier() {
        let keys = Self.keys
        #expect(
            next(.barrier, [.pending, .pending, .pending, .pending]) == .run(wave: 0, [keys[0]]))
        #expect(
            next(.barrier, [parked, .pending, parked, .pending]) == .run(wave: 1, [keys[1]]))
        #expect(next(.barrier, [parked, parked, parked, .pending]) == .run(wave: 2, [keys[3]]))
        // One that is held keeps all of them waiting.
        #expect(
            next(.barrier, [parked, parked, parked, .pending], held: [3]) == .wait(wave: 2))
        #expect(
            next(.barrier, [parked, parked, parked, parked])
                == .cutOver(wave: 0, [keys[0]], inOrder: true))
        #expect(
            next(.barrier, [.completed, parked, parked, parked], at: 599)
                == .bake(wave: 0, until: Self.start.adding(seconds: 600)))
        #expect(
            next(.barrier, [.completed, parked, parked, parked], at: 600)
                == .cutOver(wave: 1, [keys[1], keys[2]], inOrder: true))
        // What a dead worker left in its cutover goes on first, also in the middle of a bake, and
        // where something else has to be made ready once more.
        for (states, time) in [
            ([.completed, .cuttingOver, parked, parked], 600),
            ([.completed, .cuttingOver, parked, parked], 599),
            ([.completed, .cuttingOver, .failedRetryable, parked], 600),
            ([.failedRetryable, .cuttingOver, parked, parked], 600),
        ] as [([OperationState], Int64)] {
            #expect(
                next(.barrier, states, at: time) == .cutOver(wave: 1, [keys[1]], inOrder: true))
        }
        // While nobody can get at it, the others go on.
        #expect(
            next(.barrier, [.completed, .cuttingOver, parked, parked], at: 600, held: [1])
                == .cutOver(wave: 1, [keys[2]], inOrder: true))
    }

    @Test("parallel: once all are ready they all change, whatever their wave")
    func parallel() {
        #expect(
            next(.parallel, [parked, parked, .pending, parked]) == .run(wave: 1, [Self.keys[2]]))
        #expect(
            next(.parallel, [parked, parked, parked, parked])
                == .cutOver(wave: 0, Self.keys, inOrder: false))
        #expect(
            next(.parallel, [.completed, parked, parked, .completed], at: 1)
                == .cutOver(wave: 1, [Self.keys[1], Self.keys[2]], inOrder: false))
        // What a dead worker left in its cutover goes on first, whatever its wave.
        for policy in [CutoverPolicy.parallel, .manual, .rolling] {
            #expect(
                next(policy, [.completed, parked, .completed, .cuttingOver], at: 1)
                    == .cutOver(wave: 2, [Self.keys[3]], inOrder: false))
        }
    }

    @Test("taken back: what an engine made goes, and a cutover that had begun comes to its end")
    func takenBack() {
        let keys = Self.keys
        func next(_ states: [OperationState], _ engines: Set<Int>) -> RolloutProgress.Next {
            RolloutProgress(record(.barrier, .halt), isTakenBack: true).next(
                operations(states, engines: engines), now: Self.start
            ) { _ in true }
        }
        #expect(
            next([.completed, .cuttingOver, parked, .running], [1, 2, 3])
                == .cutOver(wave: 0, [keys[1]], inOrder: true))
        #expect(
            next([.completed, .completed, parked, .running], [2, 3])
                == .abandon([keys[2], keys[3]]))
        #expect(next([.completed, .completed, .completed, .completed], []) == .end)
    }

    @Test("manual: what somebody names changes, whatever its wave; all of it in their order")
    func manual() {
        let keys = Self.keys
        let ready = [parked, parked, parked, parked]
        #expect(next(.manual, ready) == .awaitCutover(wave: 0))
        #expect(next(.manual, ready).isWaiting)
        #expect(
            next(.manual, ready, asked: [request([0])])
                == .cutOver(wave: 0, [keys[0]], inOrder: false))
        #expect(
            next(.manual, ready, asked: [request([1])])
                == .cutOver(wave: 0, [keys[1]], inOrder: false))
        #expect(
            next(.manual, [.completed, parked, parked, parked], at: 600, asked: [request([2])])
                == .cutOver(wave: 1, [keys[2]], inOrder: false))
        #expect(
            next(.manual, [.completed, parked, parked, parked], at: 600, asked: [request(nil)])
                == .cutOver(wave: 1, [keys[1], keys[2]], inOrder: false))
        // What cannot be made ready keeps nobody else waiting.
        #expect(
            next(
                .manual, [parked, parked, parked, .pending], asked: [request([0])], held: [3])
                == .cutOver(wave: 0, [keys[0]], inOrder: false))
    }

    @Test("a single operation waits for nobody; where somebody has to say so it waits all the same")
    func single() {
        for cutover in CutoverPolicy.allCases {
            var record = RolloutRecord(
                id: "r1", plan: digest("plan"), policy: .halt, waves: [[Self.keys[0]]],
                bakeSeconds: [0], startedAt: Self.start.iso, actor: "ada")
            record.cutover = cutover
            #expect(RolloutProgress(record).parks == (cutover == .manual), "\(cutover)")
        }
        #expect(!RolloutProgress(record(nil, .halt)).parks)
        #expect(RolloutProgress(record(.barrier, .halt)).parks)
    }

    @Test("after a failure nothing is cut over; what an engine made is taken away")
    func halted() {
        let states = [OperationState.failed, parked, parked, .failedRetryable]
        #expect(next(.barrier, states) == .halt)
        #expect(
            next(.barrier, states, engines: [1, 3]) == .abandon([Self.keys[1], Self.keys[3]]))
        #expect(
            next(.barrier, [.failed, .cuttingOver, parked, parked], engines: [1, 2])
                == .cutOver(wave: 0, [Self.keys[1]], inOrder: true))
        #expect(
            next(.barrier, states, at: 600, policy: .continue)
                == .run(wave: 2, [Self.keys[3]]))
        #expect(
            next(.barrier, [.failed, parked, parked, .completed], at: 600, policy: .continue)
                == .cutOver(wave: 1, [Self.keys[1], Self.keys[2]], inOrder: true))
    }

    @Test("behind a canary that was not changed nothing is cut over, though it is ready")
    func untried() {
        #expect(next(.barrier, [.superseded, parked, parked, parked]) == .restart(wave: 0))
    }

    @Test("an operation that failed waits for its time; others of its shard wait with it")
    func retries() {
        let keys = Self.keys
        let states = [OperationState.completed, .failedRetryable, .pending, .pending]
        #expect(next(nil, states, at: 600, retries: [1: 700]) == .run(wave: 1, [keys[2]]))
        let left = [OperationState.completed, .failedRetryable, .completed, .pending]
        let due = RolloutProgress.Next.retry(
            wave: 1, keys[1], until: Self.start.adding(seconds: 700))
        #expect(next(nil, left, at: 699, retries: [1: 700]) == due)
        #expect(due.isWaiting && due.due == Self.start.adding(seconds: 700))
        #expect(next(nil, left, at: 700, retries: [1: 700]) == .run(wave: 1, [keys[1]]))
        #expect(next(nil, left, at: 699, retries: [1: 700], held: [1]) == .wait(wave: 1))
        // Two tables of one shard: one may need the other.
        let other = OperationKey(shard: keys[1].shardID, object: ObjectName(.table, "items"))
        let record = RolloutRecord(
            id: "r1", plan: digest("plan"), policy: .halt, waves: [[keys[1], other]],
            bakeSeconds: [0], startedAt: Self.start.iso, actor: "ada")
        var known = operations(left, retries: [1: 700])
        known[other] = OperationRecord(key: other, from: digest("a"), to: digest("b"))
        #expect(
            RolloutProgress(record).next(known, now: Self.start) { _ in true }
                == .retry(wave: 0, keys[1], until: Self.start.adding(seconds: 700)))
        // And what is ready there and may change: other shards go on.
        known[other]?.state = parked
        known[keys[2]] = OperationRecord(
            key: keys[2], state: parked, from: digest("a"), to: digest("b"))
        for (added, expected) in [
            ([], .retry(wave: 0, keys[1], until: Self.start.adding(seconds: 700))),
            ([keys[2]], .cutOver(wave: 0, [keys[2]], inOrder: false)),
        ] as [([OperationKey], RolloutProgress.Next)] {
            var manual = record
            manual.cutover = .manual
            manual.waves[0] += added
            let progress = RolloutProgress(manual, cutovers: [request(nil)])
            #expect(progress.next(known, now: Self.start) { _ in true } == expected)
        }
        // At a barrier the others wait for it as well.
        #expect(
            next(.barrier, [parked, .failedRetryable, parked, parked], retries: [1: 700])
                == .retry(wave: 1, keys[1], until: Self.start.adding(seconds: 700)))
    }
}

@Suite("How often an operation is tried, and for how long")
struct RetryBudgetTests {
    @Test(
        "the pauses double up to a minute; the budget ends with its attempts or its time",
        arguments: [
            (10, 86_400, 1, 0, 1), (10, 86_400, 5, 15, 16), (10, 86_400, 9, 180, 60),
            (10, 86_400, 10, 240, nil), (3, 86_400, 3, 0, nil), (100, 60, 5, 44, 16),
            (100, 60, 5, 45, nil), (1, 60, 1, 0, nil),
        ] as [(Int, Int, Int, Int64, Int64?)])
    func next(attempts: Int, within: Int, failed: Int, after: Int64, pause: Int64?) {
        let since = sampleTime()
        let now = since.adding(seconds: after)
        let budget = RetryBudget(attempts: attempts, withinSeconds: within)
        #expect(
            budget.next(after: failed, failingSince: since, now: now)
                == pause.map(now.adding(seconds:)))
    }
}
