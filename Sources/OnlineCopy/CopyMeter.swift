/// How fast a copy goes, and when it will be done.
///
/// Copying, building indexes and comparing each have a share of the whole, about as long as they
/// take; what is done of each is added up.
struct CopyMeter: Hashable, Sendable {
    /// What is done of the indexes while they are built, from 0 to 1.
    var indexed = 0.0
    /// What was known some time ago, the oldest first.
    private var samples: [Sample] = []
    /// The highest that was said.
    private var percent = 0.0

    private struct Sample: Hashable {
        var seconds: Double
        var percent: Double
        var rows: Int
    }

    /// How far back speeds are measured, the shortest time that says something, and the shortest
    /// between two samples, all in seconds.
    private static let window = 30.0
    private static let shortest = 1.0
    private static let step = 0.5

    /// The share of each part.
    private static let shares = (copying: 0.6, indexing: 0.2, comparing: 0.2)

    /// What is done, in hundredths; never less than before.
    ///
    /// - Parameters:
    ///   - copied, indexed, compared: from 0 to 1.
    ///   - known: what was said before by another process.
    mutating func percent(
        copied: Double, indexed: Double, compared: Double, known: Double
    ) -> Double {
        let shares = Self.shares
        let sum =
            shares.copying * copied + shares.indexing * indexed + shares.comparing * compared
        percent = max(percent, known, min(100, (sum * 1_000).rounded() / 10))
        return percent
    }

    /// What is done of a number that is only estimated, from 0 to 1; below 1 before the end.
    static func fraction(_ done: Int, of expected: Int) -> Double {
        guard done > 0 else { return 0 }
        // More than was thought: how much more there is, nobody knows.
        return min(0.99, Double(done) / Double(max(expected, done + done / 100 + 1)))
    }

    /// Takes note of how far it is.
    mutating func note(at seconds: Double, rows: Int) {
        // Another part counts rows of its own.
        if let last = samples.last, rows < last.rows { samples = [] }
        if let last = samples.last, seconds - last.seconds < Self.step { return }
        samples.append(Sample(seconds: seconds, percent: percent, rows: rows))
        samples.removeAll { seconds - $0.seconds > Self.window }
    }

    /// Rows in a second, of late; nil before that is known.
    func rowsPerSecond(at seconds: Double, rows: Int) -> Double? {
        guard let first = samples.first, seconds - first.seconds >= Self.shortest,
            rows >= first.rows
        else { return nil }
        return Double(rows - first.rows) / (seconds - first.seconds)
    }

    /// How long it will take at the speed of late; nil where that is not known, or nothing moves.
    func secondsLeft(at seconds: Double) -> Double? {
        guard let first = samples.first, seconds - first.seconds >= Self.shortest,
            percent > first.percent
        else { return nil }
        return (100 - percent) * (seconds - first.seconds) / (percent - first.percent)
    }
}
