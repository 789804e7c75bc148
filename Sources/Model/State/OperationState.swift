/// The state of one operation, which changes one table of one shard from one digest to another.
package enum OperationState: String, Codable, Hashable, Sendable, CaseIterable {
    /// Becomes `leased`, `superseded` or `cancelled`.
    case pending
    /// A worker holds the shard's lock. Becomes `preparing`, `superseded`, `completed`.
    case leased
    /// Sets up a copying engine. Becomes `running`, or a failure.
    case preparing
    /// A statement is running. Becomes `verifying`, `waitingForCutover`, or a failure.
    case running
    /// The copy is complete and waits. Becomes `cuttingOver` or `stopped`.
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
    /// Stopped by a person. Becomes `pending` when started again.
    case stopped
    /// Terminal: the table was not what the plan started from; it is planned again.
    case superseded
    /// Terminal: it never started, because the rollout was halted.
    case cancelled

    /// Whether the state can no longer change.
    package var isTerminal: Bool {
        switch self {
        case .completed, .failed, .superseded, .cancelled: true
        case .pending, .leased, .preparing, .running, .waitingForCutover, .cuttingOver,
            .verifying, .failedRetryable, .stopped:
            false
        }
    }

    /// Whether a worker holds it, or held it when it died.
    package var isActive: Bool {
        switch self {
        case .leased, .preparing, .running, .waitingForCutover, .cuttingOver, .verifying,
            .failedRetryable:
            true
        case .pending, .completed, .failed, .stopped, .superseded, .cancelled: false
        }
    }

    /// Whether another worker may take it up once the lease of the one before has expired.
    package var isClaimable: Bool {
        switch self {
        case .pending, .leased, .preparing, .running, .cuttingOver, .verifying, .failedRetryable:
            true
        case .waitingForCutover, .stopped, .completed, .failed, .superseded, .cancelled: false
        }
    }

    /// The state as reports and records write it: `waiting_for_cutover`.
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
