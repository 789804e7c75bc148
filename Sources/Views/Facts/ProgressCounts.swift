import Model

/// How many operations of a rollout are in which state, with fewer states than the ledger has.
package struct ProgressCounts: Hashable, Sendable {
    package var done = 0
    package var running = 0
    /// Not started, or between two attempts.
    package var waiting = 0
    package var failed = 0
    /// Superseded or cancelled; they are planned again, unless the rollout was taken back.
    package var left = 0
    /// Whether what is left is not planned again.
    package var isTakenBack = false
    /// In a state that this release does not know, or unreadable.
    package var unknown = 0

    package init() {}

    /// Combines the states of the ledger.
    ///
    /// - Parameter counts: the number of operations by the label of their state. An unrecognised
    ///   label counts as unknown.
    package init(byState counts: [String: Int]) {
        for (label, count) in counts {
            guard let state = OperationState.allCases.first(where: { $0.label == label }) else {
                unknown += count
                continue
            }
            switch state {
            case .completed: done += count
            case .leased, .preparing, .running, .cuttingOver, .verifying: running += count
            case .pending, .waitingForCutover, .failedRetryable: waiting += count
            case .failed: failed += count
            case .superseded, .cancelled: left += count
            }
        }
    }

    /// The number of all operations.
    package var total: Int { done + running + waiting + failed + left + unknown }

    /// The counts that are not zero, as `14 done, 2 running`.
    var words: String { parts.joined(separator: ", ") }

    var parts: [String] {
        let all = [
            (done, "done"), (running, "running"), (waiting, "waiting"), (failed, "failed"),
            (left, isTakenBack ? "never begin" : "left for the next plan"),
            (unknown, "unknown"),
        ]
        return all.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    }
}
