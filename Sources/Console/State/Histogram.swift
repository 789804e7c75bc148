/// How many values were at most as great as each of some bounds, as Prometheus counts them.
struct Histogram: Sendable {
    /// Each with how many values were at most as great.
    private(set) var buckets: [(bound: Double, count: Int)]
    private(set) var count = 0
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        buckets = bounds.map { ($0, 0) }
    }

    mutating func note(_ value: Double) {
        count += 1
        sum += value
        for index in buckets.indices where value <= buckets[index].bound {
            buckets[index].count += 1
        }
    }
}
