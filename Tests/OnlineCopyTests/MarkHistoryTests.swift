import Testing

@testable import OnlineCopy

@Suite("Whoever lacks a commit is behind by its age")
struct MarkHistoryTests {
    /// Commits 5, 6, 7, … at 0 s, 1 s, 2 s, …
    private func history(_ count: UInt64 = 10) -> MarkHistory {
        var history = MarkHistory()
        for number in 0..<count { history.note(5 + number, at: Double(number)) }
        return history
    }

    @Test(arguments: [
        (14 as UInt64?, 0 as Double?), (99, 0), (13, 11), (12, 12), (5, 19), (4, 20), (3, nil),
        (0, nil), (nil, nil),
    ]) func theAgeOfTheFirstThatIsMissing(number: UInt64?, lag: Double?) {
        #expect(history().lagSeconds(of: number, at: 20) == lag)
    }

    @Test func nothingIsKnownBeforeTheFirst() {
        #expect(MarkHistory().lagSeconds(of: 3, at: 20) == nil)
        #expect(MarkHistory().latest == nil)
    }

    @Test func whoHasNothingOfANewCopyLacksItsFirstCommit() {
        var history = MarkHistory()
        history.note(1, at: 3)
        #expect(history.lagSeconds(of: nil, at: 5) == 2)
    }

    @Test func manyAtOnceAreNotKeptApart() {
        var history = MarkHistory()
        for number in 1...1_000 { history.note(UInt64(number), at: Double(number) / 1_000) }
        for number in [1, 500, 900] as [UInt64] {
            let lag = history.lagSeconds(of: number, at: 10) ?? .nan
            #expect(abs(lag - (10 - Double(number + 1) / 1_000)) < 0.051)
        }
        #expect(history.lagSeconds(of: 1_000, at: 10) == 0)
        // The last of them is not kept, and is missed all the same.
        #expect(history.lagSeconds(of: 999, at: 10) ?? 0 > 8.9)
    }

    @Test func aLongTimeTakesBoundedMemory() {
        var history = MarkHistory()
        for number in 1...100_000 { history.note(UInt64(number), at: Double(number)) }
        #expect(history.lagSeconds(of: 99_990, at: 100_000) == 9)
        #expect(history.lagSeconds(of: 1, at: 100_000) ?? 0 > 9_000)
    }
}
