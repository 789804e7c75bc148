import Execution
import Foundation
import TestSupport
import Testing

@testable import Ledger

/// Times are in nanoseconds, and threads are numbers.
@Suite("Transitions wait for others that are likely to come")
struct GroupPaceTests {
    @Test("After a commit those that come wait for the others, the longer the more it cost")
    func rest() {
        var pace = GroupPace()
        #expect(pace.rest([1], at: 5) == 0)
        pace.note([1, 2], cost: 1000, end: 10_000)
        #expect(pace.rest([1], at: 10_000) == 3000)
        #expect(pace.rest([3], at: 12_000) == 1000)
        #expect(pace.rest([1], at: 13_000) == 0 && pace.rest([1], at: 90_000) == 0)
        #expect(pace.rest([1, 2], at: 10_000) == 0 && pace.rest([1, 2, 3], at: 10_000) == 0)
    }

    @Test("Whoever is alone never waits")
    func alone() {
        var pace = GroupPace()
        for number in 1...20 {
            pace.note([1], cost: 1000, end: UInt64(number))
            #expect(pace.rest([1], at: UInt64(number)) == 0)
        }
    }

    @Test("Who does not come any more is waited for during a few groups")
    func memory() {
        var pace = GroupPace()
        pace.note([1, 2], cost: 1000, end: 0)
        for number in 1...GroupPace.memory {
            #expect(pace.rest([1], at: 0) == 3000, "after \(number) groups")
            pace.note([1], cost: 1000, end: 0)
        }
        #expect(pace.rest([1], at: 0) == 0)
    }

    @Test("A commit that took long keeps nobody for long", arguments: [1 << 40, UInt64.max])
    func longest(cost: UInt64) {
        var pace = GroupPace()
        pace.note([1, 2], cost: cost, end: 7)
        #expect(pace.rest([1], at: 7) == 50_000_000)
    }

    /// Each transition of a group gets this outcome.
    private struct Done: Error {}

    private static func transition() -> Transition {
        Transition(
            actor: LedgerFixture.ada, event: LedgerEvent("noted", subject: "Note"),
            time: LedgerFixture.start
        ) { _ in .commit }
    }

    /// A queue that rests until all are there.
    private static func queue() -> TransitionQueue {
        TransitionQueue(pace: GroupPace(restFactor: .max, longestRest: 600_000_000_000))
    }

    @Test(
        "One that came while others were recorded waits for their threads", .timeLimit(.minutes(1)))
    func gathers() {
        let queue = Self.queue()
        let sizes = Lock<[Int]>([])
        let others = DispatchSemaphore(value: 0)
        let carryOut = { @Sendable (group: [Transition]) in
            if sizes.withLock({ $0.isEmpty }) {
                for _ in 0..<2 { others.signal() }
                while queue.waitingCount < 2 { usleep(500) }
            }
            sizes.withLock { $0.append(group.count) }
            for transition in group { transition.settle(.failure(Done())) }
        }
        let rounds = Workers.map([0, 1, 2], total: 3, perKey: 3, key: { _ in 0 }) { place in
            if place > 0 { others.wait() }
            return (0..<(place > 0 ? 1 : 2)).filter { _ in
                let transition = Self.transition()
                return queue.run(transition, carryOut) && transition.outcome != nil
            }.count
        }
        #expect(rounds == [2, 1, 1])
        // The first is alone; the two that came meanwhile wait for its thread to come again.
        #expect(sizes.withLock { $0 } == [1, 3])
    }

    @Test("A single thread records one thing after another without a wait", .timeLimit(.minutes(1)))
    func lone() {
        let queue = Self.queue()
        var sizes: [Int] = []
        for _ in 0..<10 {
            let transition = Self.transition()
            let wasRun = queue.run(transition) { group in
                sizes.append(group.count)
                for transition in group { transition.settle(.failure(Done())) }
            }
            #expect(wasRun && transition.outcome != nil)
        }
        #expect(sizes == Array(repeating: 1, count: 10))
    }
}
