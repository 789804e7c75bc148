import Basics
import Execution
import Testing

@testable import Reconciler

@Suite("What fails waits longer each time, and hides nothing else")
struct BackOffTests {
    private let now = sampleTime()

    @Test("each failure doubles the pause, up to the longest")
    func doubles() {
        let backOffs = BackOffs<String>(firstSeconds: 5, longestSeconds: 30)
        for pause in [5, 10, 20, 30, 30] as [Int64] {
            backOffs.failed("s1", now: now)
            #expect(backOffs.wait(for: "s1", now: now) == now.adding(seconds: pause))
            #expect(backOffs.wait(for: "s1", now: now.adding(seconds: pause)) == nil)
        }
    }

    @Test("others are not held, and a success forgets")
    func perSubject() {
        let backOffs = BackOffs<String>(firstSeconds: 5, longestSeconds: 30)
        backOffs.failed("s1", now: now)
        #expect(backOffs.wait(for: "s2", now: now) == nil)
        backOffs.succeeded("s1")
        #expect(backOffs.wait(for: "s1", now: now) == nil)
        backOffs.failed("s1", now: now)
        backOffs.failed("s2", now: now)
        backOffs.forgetAll()
        #expect(backOffs.wait(for: "s1", now: now) == nil)
        #expect(backOffs.wait(for: "s2", now: now) == nil)
    }

    @Test("an operation whose ends moved is another one")
    func movedTarget() {
        let backOffs = BackOffs<OperationTarget>(firstSeconds: 60, longestSeconds: 3600)
        let ready = Gate.Ready(step: sampleStep(), shard: "s0", approval: nil)
        backOffs.failed(ready.target, now: now)
        #expect(backOffs.wait(for: ready.target, now: now) != nil)
        let moved = Gate.Ready(step: sampleStep(to: "c"), shard: "s0", approval: nil)
        #expect(backOffs.wait(for: moved.target, now: now) == nil)
    }

    @Test(
        "the loop's pause: the interval, up to eight of them after failures, a tenth of jitter",
        arguments: [(0, 60.0), (1, 60), (2, 120), (3, 240), (4, 480), (9, 480)])
    func pause(failures: Int, seconds: Double) {
        #expect(Daemon.pause(interval: 60, failures: failures, jitter: 0) == seconds)
        #expect(Daemon.pause(interval: 60, failures: failures, jitter: 1) == seconds * 1.1)
        #expect(Daemon.pause(interval: 60, failures: failures, jitter: -1) == seconds * 0.9)
    }
}
