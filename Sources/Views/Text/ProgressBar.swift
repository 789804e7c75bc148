/// The progress of a rollout as a bar.
package enum ProgressBar {
    /// The bar; it is full only when everything is done, and empty only when nothing is.
    package static func bar(_ counts: ProgressCounts, cells: Int = 20) -> String {
        guard counts.total > 0, cells > 0 else { return "" }
        var full = counts.done * cells / counts.total
        if counts.done > 0 { full = max(1, full) }
        return String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
    }

    /// The bar with its counts: `████░░  14 done  2 running`.
    package static func line(_ counts: ProgressCounts, cells: Int = 20) -> String {
        ([bar(counts, cells: cells)] + counts.parts).joined(separator: "  ")
    }
}
