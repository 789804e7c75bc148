import Basics
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("What a rollout does next follows from its records and the time")
struct RolloutProgressTests {
    static let keys = (0..<4).map { number in
        OperationKey(
            shard: ShardID(namespace: "commerce", shard: "s\(number)"),
            object: ObjectName(.table, "orders"))
    }

    static let start = Timestamp(secondsSince1970: 1_800_000_000)

    /// A canary that bakes for ten minutes, two more shards that bake for a minute, the last one.
    private func record(_ policy: FailurePolicy = .halt) -> RolloutRecord {
        RolloutRecord(
            id: "r1", plan: digest("plan"), policy: policy,
            waves: [[Self.keys[0]], [Self.keys[1], Self.keys[2]], [Self.keys[3]]],
            bakeSeconds: [600, 60, 0], startedAt: Self.start.iso, actor: "ada")
    }

    private func operations(
        _ states: [OperationState], endedAfter seconds: [Int64] = [0, 0, 0, 0]
    ) -> [OperationKey: OperationRecord] {
        var records: [OperationKey: OperationRecord] = [:]
        for (place, state) in states.enumerated() {
            var record = OperationRecord(
                key: Self.keys[place], state: state, from: digest("a"), to: digest("b"))
            if state.isTerminal {
                record.endedAt = Self.start.adding(seconds: seconds[place]).iso
            }
            records[record.key] = record
        }
        return records
    }

    private func next(
        _ states: [OperationState], endedAfter seconds: [Int64] = [0, 0, 0, 0], at time: Int64 = 0,
        policy: FailurePolicy = .halt, held: Set<OperationKey> = []
    ) -> RolloutProgress.Next {
        RolloutProgress(record(policy)).next(
            operations(states, endedAfter: seconds), now: Self.start.adding(seconds: time)
        ) { !held.contains($0) }
    }

    @Test("waves open one after the other, each when the one before has baked")
    func waves() {
        let keys = Self.keys
        #expect(next([.pending, .pending, .pending, .pending]) == .run(wave: 0, [keys[0]]))
        let baked = Self.start.adding(seconds: 600)
        #expect(
            next([.completed, .pending, .pending, .pending], at: 599)
                == .bake(wave: 0, until: baked))
        #expect(
            next([.completed, .pending, .pending, .pending], at: 600)
                == .run(wave: 1, [keys[1], keys[2]]))
        #expect(
            next([.completed, .completed, .pending, .pending], at: 700)
                == .run(wave: 1, [keys[2]]))
        // The last of the wave that ended counts.
        #expect(
            next(
                [.completed, .completed, .completed, .pending], endedAfter: [0, 650, 700, 0],
                at: 750) == .bake(wave: 1, until: Self.start.adding(seconds: 760)))
        #expect(next([.completed, .completed, .completed, .completed]) == .end)
    }

    @Test("behind a wave in which nothing was changed nothing opens: nothing was tried")
    func nothingChanged() {
        for state in [OperationState.superseded, .cancelled] {
            #expect(next([state, .pending, .pending, .pending]) == .restart(wave: 0))
        }
        // Once something later was changed, that was the trial.
        #expect(
            next([.superseded, .completed, .pending, .pending], at: 900)
                == .run(wave: 1, [Self.keys[2]]))
        #expect(
            next([.completed, .superseded, .superseded, .pending], at: 900) == .restart(wave: 1))
    }

    @Test("a later wave waits for every operation of the one before, whatever holds it")
    func held() {
        let keys = Self.keys
        #expect(
            next([.completed, .pending, .completed, .pending], at: 900, held: [keys[1]])
                == .wait(wave: 1))
        #expect(
            next([.completed, .pending, .pending, .pending], at: 900, held: [keys[1]])
                == .run(wave: 1, [keys[2]]))
        var lost = operations([.completed, .completed, .completed, .pending])
        lost[keys[1]] = nil
        let unreadable = RolloutProgress(record()).next(
            lost, now: Self.start.adding(seconds: 9_000)
        ) { _ in true }
        #expect(unreadable == .wait(wave: 1))
    }

    @Test("after a failure nothing starts under halt, and all goes on under continue")
    func failure() {
        #expect(next([.failed, .pending, .pending, .pending], at: 9_000) == .halt)
        #expect(
            next([.failed, .pending, .pending, .pending], at: 9_000, policy: .continue)
                == .run(wave: 1, [Self.keys[1], Self.keys[2]]))
        #expect(next([.completed, .failed, .completed, .completed]) == .end)
    }
}
