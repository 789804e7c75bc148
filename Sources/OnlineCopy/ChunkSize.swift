/// How many rows are copied in one statement: as many as take about as long as it shall take.
struct ChunkSize {
    let seconds: Double
    private(set) var rows = 1_000

    static let limits = 100...50_000

    init(seconds: Double) {
        self.seconds = seconds
    }

    /// Learns how long a chunk of `rows` took. It grows by half at most, and shrinks at once.
    mutating func learn(rows: Int, took: Double) {
        guard rows > 0, took > 0 else { return }
        let fitting = Double(rows) * seconds / took
        let next = min(fitting, Double(self.rows) * 1.5)
        self.rows = min(max(Int(next), Self.limits.lowerBound), Self.limits.upperBound)
    }
}
