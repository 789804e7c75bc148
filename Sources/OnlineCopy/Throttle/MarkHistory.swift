/// When a copy committed each of its numbers, which go up by one.
///
/// They are its heartbeat: whoever has them only up to some number is behind by the age of the
/// first that he lacks. No clock of another machine is asked.
struct MarkHistory {
    private var marks: [(number: UInt64, seconds: Double)] = []
    /// The first of all, and the last.
    private var first: UInt64?
    private var last: UInt64 = 0

    /// The shortest time between two that are kept: no lag is known more exactly.
    private static let step = 0.05
    private static let limit = 20_000

    /// When the last of those that are kept was committed.
    var latest: Double? { marks.last?.seconds }

    /// - Parameter seconds: of a clock that never goes backwards.
    mutating func note(_ number: UInt64, at seconds: Double) {
        first = first ?? number
        last = max(last, number)
        if let latest, seconds - latest < Self.step { return }
        marks.append((number, seconds))
        // What lacks one of the oldest is late by more than any limit that is kept.
        if marks.count > Self.limit { marks.removeFirst(Self.limit / 2) }
    }

    /// How long ago the first commit was that a reader up to `number` lacks.
    ///
    /// - Parameter number: nil where it has none at all.
    /// - Returns: nil where that was before all that are known here.
    func lagSeconds(of number: UInt64?, at now: Double) -> Double? {
        guard let first else { return nil }
        let number = number ?? 0
        if number >= last { return 0 }
        guard number + 1 >= first else { return nil }
        var (low, high) = (0, marks.count)
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].number > number { high = middle } else { low = middle + 1 }
        }
        // Those that came shortly after a kept one are as old as that, or hardly younger.
        let place = low < marks.count ? low : marks.count - 1
        return max(0, now - marks[place].seconds)
    }
}
