/// The state of a finalizer: what runs once for a namespace after the changes of its shards.
package enum FinalizerState: String, Codable, Hashable, Sendable, CaseIterable {
    /// Its shards are not done.
    case pending
    /// It was started, and its outcome is not recorded.
    case running
    /// Waits for its next attempt.
    case failedRetryable = "failed_retryable"
    /// The run that started it died: nobody knows whether it ran, until a person says so.
    case unknown
    /// Terminal.
    case completed
    /// Terminal.
    case failed
    /// Terminal: a shard did not get its change, so there is nothing to publish.
    case skipped

    /// Whether the state can no longer change.
    package var isTerminal: Bool {
        switch self {
        case .completed, .failed, .skipped: true
        case .pending, .running, .failedRetryable, .unknown: false
        }
    }
}

extension RolloutState {
    /// The state of a rollout whose operations come to this one, with its finalizers; nil where one
    /// of them cannot be read.
    package func with(_ finalizers: [FinalizerState?]) -> RolloutState? {
        let states = finalizers.compactMap(\.self)
        guard states.count == finalizers.count else { return nil }
        guard isTerminal else { return self }
        guard states.allSatisfy(\.isTerminal) else { return .running }
        return states.contains(.failed) ? .failed : self
    }
}
