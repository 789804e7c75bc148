import Execution
import Foundation
import Testing

@testable import Reconciler

@Suite("A throttled rollout has so many shards at work, and no more") struct ShardGateTests {
    /// Eight threads that each enter once and leave when they are let go.
    private final class Crew: Sendable {
        let gate = ShardGate()
        let inside = Lock(0)
        let most = Lock(0)
        let done = DispatchGroup()
        let go = DispatchSemaphore(value: 0)
        let entered = DispatchSemaphore(value: 0)

        func start() {
            for _ in 0..<8 {
                done.enter()
                Thread { [self] in
                    _ = gate.enter { true }
                    let now = inside.withLock { inside in
                        inside += 1
                        return inside
                    }
                    most.withLock { $0 = max($0, now) }
                    entered.signal()
                    go.wait()
                    inside.withLock { $0 -= 1 }
                    gate.leave()
                    done.leave()
                }.start()
            }
        }

        func finish() {
            for _ in 0..<8 { go.signal() }
            done.wait()
        }
    }

    @Test(arguments: [(Int?.none, 8), (1, 1), (3, 3)])
    func limits(_ limit: Int?, most: Int) {
        let crew = Crew()
        crew.gate.limit(limit)
        crew.start()
        for _ in 0..<most { crew.entered.wait() }
        crew.finish()
        #expect(crew.most.withLock { $0 } == most)
    }

    @Test("a limit that is raised lets more in at once")
    func raised() {
        let crew = Crew()
        crew.gate.limit(1)
        crew.start()
        crew.entered.wait()
        crew.gate.limit(4)
        for _ in 0..<3 { crew.entered.wait() }
        crew.gate.limit(nil)
        for _ in 0..<4 { crew.entered.wait() }
        #expect(crew.most.withLock { $0 } == 8)
        crew.finish()
    }

    @Test("nobody waits where nothing may begin any more")
    func ended() {
        let gate = ShardGate()
        gate.limit(1)
        #expect(gate.enter { true })
        #expect(!gate.enter { false })
        gate.leave()
        #expect(gate.enter { true })
    }
}
