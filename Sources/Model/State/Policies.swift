/// What a failed operation means for the others: `policy.rollout.on_failure`.
package enum FailurePolicy: String, Codable, Hashable, Sendable, CaseIterable {
    /// No new operation starts.
    case halt
    /// The others go on; the rollout ends as failed all the same.
    case `continue`
    /// No new operation starts until somebody releases the rollout, which stays open.
    case pause
}

/// When failures end a rollout before all of its operations were tried.
package struct FailureRule: Hashable, Sendable {
    package let policy: FailurePolicy
    /// Under `continue`: this many failures halt it; nil for no limit.
    package let limit: Int?

    package init(_ policy: FailurePolicy, limit: Int? = nil) {
        self.policy = policy
        self.limit = limit
    }

    /// Whether nothing more of a rollout starts, ever, after so many failures.
    package func isHalted(failures: Int) -> Bool {
        switch policy {
        case .halt: failures > 0
        case .continue: limit.map { failures >= $0 } ?? false
        case .pause: false
        }
    }
}

/// When the operations of a rollout that are ready for it change their tables:
/// `policy.rollout.cutover`.
package enum CutoverPolicy: String, Codable, Hashable, Sendable, CaseIterable {
    /// Each as soon as it is ready.
    case rolling
    /// Once all are ready, one shard after the other, wave by wave.
    case barrier
    /// Once all are ready, as many at a time as the limits allow, of all waves.
    case parallel
    /// When somebody says so.
    case manual

    /// Whether one of `count` operations waits, when it is ready, for its cutover.
    package func parks(of count: Int) -> Bool {
        switch self {
        case .rolling: false
        // Nobody else has to be ready.
        case .barrier, .parallel: count > 1
        case .manual: true
        }
    }
}

/// What happens to tables that were changed out of band: `policy.drift`.
package enum DriftPolicy: String, Codable, Hashable, Sendable, CaseIterable {
    /// The difference is reported and left alone.
    case report
    /// What is missing is put back; nothing is dropped or narrowed.
    case additive
    /// The way back to git is planned, behind the same approvals as any change.
    case revert
}
