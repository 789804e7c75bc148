/// How often each target was told of something, and how often it could not be, in this process.
struct NotificationCounts: Sendable {
    private var counts: [String: (sent: Int, failed: Int)] = [:]

    mutating func note(_ target: String, arrived: Bool) {
        var count = counts[target] ?? (0, 0)
        if arrived { count.sent += 1 } else { count.failed += 1 }
        counts[target] = count
    }

    /// By target and outcome, sorted.
    var all: [(target: String, outcome: String, count: Int)] {
        counts.sorted { $0.key < $1.key }.flatMap { target, count in
            [(target, "sent", count.sent), (target, "failed", count.failed)]
        }
    }
}
