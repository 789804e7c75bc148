import Execution
import Foundation
import TestSupport
import Testing

@testable import Supervision

@Suite("The watchdog is told as long as every loop lives") struct WatchdogTests {
    /// A clock that the test sets.
    private final class Hand: Sendable {
        private let time = Lock(0.0)
        var now: Double { time.withLock { $0 } }
        func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
    }

    @Test func aLoopIsLateAfterItsWaitAndWhatAStepMayTake() {
        let hand = Hand()
        let pulse = LoopPulse { hand.now }
        #expect(pulse.late(allowance: 10) == [])
        pulse.beat("a")
        pulse.beat("b", within: 60)
        hand.advance(10)
        #expect(pulse.late(allowance: 10) == [])
        hand.advance(1)
        #expect(pulse.late(allowance: 10) == ["a"])
        hand.advance(60)
        #expect(pulse.late(allowance: 10) == ["a", "b"])
        pulse.beat("a")
        #expect(pulse.late(allowance: 10) == ["b"])
        pulse.end("b")
        #expect(pulse.late(allowance: 10) == [])
        hand.advance(100)
        pulse.end()
        #expect(pulse.late(allowance: 10) == [], "an end waits for statements")
    }

    @Test func aLoopThatStandsStillIsNotTold() throws {
        let folder = try TemporaryFolder()
        let socket = try NotifySocket(folder.path + "/notify")
        let manager = try #require(
            ServiceManager(
                environment: ["NOTIFY_SOCKET": socket.place, "WATCHDOG_USEC": "60000"]))
        let hand = Hand()
        let pulse = LoopPulse { hand.now }
        pulse.beat("production")
        let late = Lock<[[String]]>([])
        let watchdog = Watchdog(manager, pulse: pulse) { loops in late.withLock { $0.append(loops) }
        }
        for _ in 0..<3 { #expect(socket.next() == "WATCHDOG=1") }
        hand.advance(1)
        // What was sent before the loop was late may still be on its way.
        let limit = Date().addingTimeInterval(30)
        while late.withLock(\.isEmpty), Date() < limit { usleep(1000) }
        while socket.next(seconds: 0) != nil {}
        #expect(socket.next(seconds: 0.5) == nil, "25 times as long as between two signs")
        #expect(late.withLock { $0 } == [["production"]], "once")
        pulse.beat("production")
        #expect(socket.next() == "WATCHDOG=1")
        withExtendedLifetime(watchdog) {}
    }

    @Test func withoutAManagerThatAsksThereIsNone() throws {
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": "@x"]))
        #expect(Watchdog(manager, pulse: LoopPulse(), late: { _ in }) == nil)
    }
}
