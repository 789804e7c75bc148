import Testing

@testable import OnlineCopy

@Suite("What is done of a copy never becomes less, and its speed is that of late")
struct CopyMeterTests {
    @Test func theHundredthsAreThoseOfAllParts() {
        var meter = CopyMeter()
        func percent(_ copied: Double, _ indexed: Double, _ compared: Double) -> Double {
            meter.percent(copied: copied, indexed: indexed, compared: compared, known: 0)
        }
        #expect(percent(0, 0, 0) == 0)
        #expect(percent(0.5, 0, 0) == 30)
        #expect(percent(1, 0, 0) == 60)
        #expect(percent(1, 0.5, 0.25) == 75)
        // A comparison that begins again.
        #expect(percent(1, 0.5, 0) == 75)
        #expect(percent(1, 1, 1) == 100)
    }

    @Test func whatWasSaidBeforeARestartIsKept() {
        var meter = CopyMeter()
        #expect(meter.percent(copied: 0.1, indexed: 0, compared: 0, known: 42.5) == 42.5)
    }

    @Test(arguments: [
        (0, 100, 0.0), (50, 100, 0.5), (100, 100, 0.98), (200, 100, 0.985), (5, 0, 5.0 / 6),
        (1_000_000, 1, 0.99),
    ]) func anEstimateIsNeverTheEnd(done: Int, expected: Int, fraction: Double) {
        let found = CopyMeter.fraction(done, of: expected)
        #expect(abs(found - fraction) < 0.001, "\(found)")
    }

    @Test func speedAndTheTimeThatIsLeft() {
        var meter = CopyMeter()
        for second in 0...20 {
            _ = meter.percent(copied: Double(second) / 100, indexed: 0, compared: 0, known: 0)
            meter.note(at: Double(second), rows: second * 1_000)
        }
        #expect(meter.rowsPerSecond(at: 20, rows: 20_000) == 1_000)
        // 12 of 100 in 20 s.
        let left = meter.secondsLeft(at: 20) ?? .nan
        #expect(abs(left - 88.0 / 12 * 20) < 1, "\(left)")
    }

    @Test func nothingIsForetoldFromNothing() {
        var meter = CopyMeter()
        meter.note(at: 0, rows: 0)
        #expect(meter.secondsLeft(at: 0.5) == nil)
        #expect(meter.rowsPerSecond(at: 0.5, rows: 10) == nil)
        // It waits.
        for second in 1...40 { meter.note(at: Double(second), rows: 0) }
        #expect(meter.rowsPerSecond(at: 40, rows: 0) == 0)
        #expect(meter.secondsLeft(at: 40) == nil)
    }

    @Test func rowsOfAnotherPartAreCountedAnew() {
        var meter = CopyMeter()
        for second in 0...5 { meter.note(at: Double(second), rows: second * 1_000) }
        for second in 6...9 { meter.note(at: Double(second), rows: (second - 6) * 10) }
        #expect(meter.rowsPerSecond(at: 9, rows: 30) == 10)
    }
}
