import Testing

@testable import Supervision

@Suite("When a service is ready, reloading and stopping") struct ServiceProgressTests {
    @Test func itIsReadyWithTheFirstPassOfAnyLoop() {
        var progress = ServiceProgress()
        #expect(progress.reloading(at: 1) == [], "it is starting still")
        #expect(progress.failed("b", "no server") == [.status("b: no server")])
        #expect(progress.passed("a", "in-sync") == [.ready, .status("a: in-sync; b: no server")])
        #expect(progress.passed("b", "blocked") == [.status("a: in-sync; b: blocked")])
    }

    @Test func aReloadIsOverWhenEveryLoopHasMadeAPass() {
        var progress = ServiceProgress()
        _ = progress.passed("a", "in-sync")
        _ = progress.passed("b", "in-sync")
        #expect(progress.reloading(at: 7) == [.reloading(at: 7)])
        #expect(progress.passed("a", "difference") == [.status("a: difference; b: in-sync")])
        #expect(progress.passed("a", "in-sync") == [.status("a: in-sync; b: in-sync")])
        // One that begins meanwhile is not waited for.
        #expect(progress.passed("c", "in-sync").contains(.ready) == false)
        #expect(progress.failed("b", "gone").first == .ready)
        #expect(progress.passed("a", "in-sync").contains(.ready) == false)
    }

    @Test func aReloadInAReloadIsOneMore() {
        var progress = ServiceProgress()
        _ = progress.passed("a", "in-sync")
        #expect(progress.reloading(at: 1) == [.reloading(at: 1)])
        #expect(progress.reloading(at: 2) == [.reloading(at: 2)])
        #expect(progress.passed("a", "in-sync").first == .ready)
    }

    @Test func nothingIsToldAfterStopping() {
        var progress = ServiceProgress()
        #expect(progress.stopping("ending") == [.stopping, .status("ending")])
        #expect(progress.stopping("ending") == [])
        #expect(progress.passed("a", "in-sync") == [])
        #expect(progress.failed("a", "failed") == [])
        #expect(progress.reloading(at: 1) == [])
    }
}
