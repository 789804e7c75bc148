/// The state of one operation: one table of one shard going from one digest to another.
package enum OperationState: String, Codable, Hashable, Sendable, CaseIterable {
    /// Becomes `leased`, `superseded` or `cancelled`.
    case pending
    /// A worker holds the shard's lock. Becomes `preparing`, `superseded`, `completed`.
    case leased
    /// Every set-up phase of an engine. Becomes `running`, or a failure.
    case preparing
    /// A statement runs. Becomes `verifying`, `waitingForCutover`, or a failure.
    case running
    /// Copied and parked. Becomes `cuttingOver` or `stopped`.
    case waitingForCutover
    /// Becomes `verifying`, or a failure.
    case cuttingOver
    /// The statement returned; the table is read again. Becomes `completed`, or a failure.
    case verifying
    /// Terminal: the table has the digest that was planned.
    case completed
    /// Waits for its back-off. Becomes `leased`, or `failed` once its budget is used up.
    case failedRetryable
    /// Terminal.
    case failed
    /// By a person. Becomes `pending` when started again.
    case stopped
    /// Terminal: the table was not what the plan started from; it is planned again.
    case superseded
    /// Terminal: it never started, because the rollout halted.
    case cancelled

    /// Nothing can happen to it any more.
    package var isTerminal: Bool {
        switch self {
        case .completed, .failed, .superseded, .cancelled: true
        case .pending, .leased, .preparing, .running, .waitingForCutover, .cuttingOver,
            .verifying, .failedRetryable, .stopped:
            false
        }
    }

    /// A worker is on it, or was when it died.
    package var isActive: Bool {
        switch self {
        case .leased, .preparing, .running, .waitingForCutover, .cuttingOver, .verifying,
            .failedRetryable:
            true
        case .pending, .completed, .failed, .stopped, .superseded, .cancelled: false
        }
    }

    /// A worker may take it up when the lease of the one before is stale.
    package var isClaimable: Bool {
        switch self {
        case .pending, .leased, .preparing, .running, .cuttingOver, .verifying, .failedRetryable:
            true
        case .waitingForCutover, .stopped, .completed, .failed, .superseded, .cancelled: false
        }
    }

    /// The state as the formats write it: `waiting_for_cutover`.
    package var label: String {
        switch self {
        case .waitingForCutover: "waiting_for_cutover"
        case .cuttingOver: "cutting_over"
        case .failedRetryable: "failed_retryable"
        case .pending, .leased, .preparing, .running, .verifying, .completed, .failed, .stopped,
            .superseded, .cancelled:
            rawValue
        }
    }
}
