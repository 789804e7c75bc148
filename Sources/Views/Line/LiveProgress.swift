import Model
import Reports
import Schema

/// The progress of a rollout on a terminal: takes events and returns lines.
///
/// It has no clock and no lock; the caller has both.
package struct LiveProgress: Sendable {
    /// The number of operations in the whole rollout.
    private let total: Int
    private var wave: (number: Int, count: Int)?
    private var bake: Int64?
    private var active: Set<OperationKey> = []
    private var waits: [ShardID: String] = [:]
    private var settled: [OperationKey: OperationOutcome] = [:]

    /// How many running and how many failed operations are listed; of more only the number is
    /// given.
    private static let shown = 5

    package init(total: Int) {
        self.total = total
    }

    /// Takes one event.
    package mutating func note(_ event: RolloutEvent) {
        switch event {
        case .wave(let number, let count, _):
            wave = (number, count)
            bake = nil
        case .started(let key):
            active.insert(key)
            waits[key.shardID] = nil
        case .settled(let key, let outcome):
            active.remove(key)
            waits[key.shardID] = nil
            settled[key] = outcome
        case .waiting(let shard, let message, let seconds):
            waits[shard] = "\(message): retry in \(RetryDelay.text(seconds))"
        case .parked(let key): active.remove(key)
        case .baking(_, let seconds): bake = seconds
        }
    }

    /// How many operations are in which state.
    package var counts: ProgressCounts {
        var counts = ProgressCounts()
        for outcome in settled.values {
            switch outcome.kind {
            case .completed: counts.done += 1
            case .superseded, .partly, .notRun, .cancelled: counts.left += 1
            case .failed: counts.failed += 1
            }
        }
        counts.running = active.filter { waits[$0.shardID] == nil }.count
        counts.waiting = max(0, total - settled.count - counts.running)
        return counts
    }

    /// The bar, then failures, waiting operations and running ones; of those not listed only the
    /// number.
    package func lines(width: Int = 100, style: Style = .plain) -> [String] {
        var page = TextPage(width: width, style: style)
        let place = wave.map { "wave \($0.number) of \($0.count)  " } ?? ""
        page.line(Span(place + ProgressBar.line(counts)))
        if let bake {
            page.line(Span("baking \(Quantity.seconds(bake)) before the next wave"), indent: 2)
        }
        let failed = settled.filter { $0.value.kind == .failed }.sorted { $0.key < $1.key }
        add(
            failed.map { "✗ \($0.key)  failed: \($0.value.message ?? "no reason given")" },
            "failed", .bad, to: &page)
        add(
            waits.sorted { $0.key < $1.key }.map { "… \($0.key)  \($0.value)" }, "waiting",
            .warning, to: &page)
        let running = active.filter { waits[$0.shardID] == nil }.sorted()
        add(running.map { "▸ \($0)  running" }, "running", .plain, to: &page)
        return page.text.split(separator: "\n").map(String.init)
    }

    private func add(
        _ lines: [String], _ word: String, _ role: Style.Role, to page: inout TextPage
    ) {
        for line in lines.prefix(Self.shown) { page.line(Span(line, role), indent: 2) }
        let rest = lines.count - Self.shown
        if rest > 0 { page.line(Span("  \(rest) more \(word)", .faint), indent: 2) }
    }
}
