/// The state of one operation, which changes one table of one shard from one digest to another.
package enum OperationState: String, Codable, Hashable, Sendable, CaseIterable {
    /// Nobody has taken it up.
    case pending
    /// A worker holds the shard's lock and reads the table.
    case leased
    /// The rows are asked, and the pending record is made durable.
    case preparing
    /// A statement is running.
    case running
    /// All is ready to change the table, which waits for its cutover; nobody holds it.
    case waitingForCutover
    /// The table changes after it waited for its cutover, or its copy takes its place.
    case cuttingOver
    /// The statement returned, and the table is read again.
    case verifying
    /// Terminal: the table has the digest that was planned.
    case completed
    /// Waits for its back-off.
    case failedRetryable
    /// Terminal.
    case failed
    /// Terminal: the table was not what the plan started from; it is planned again.
    case superseded
    /// Terminal: it never started, because the rollout was halted.
    case cancelled

    /// Whether the state can no longer change.
    package var isTerminal: Bool {
        switch self {
        case .completed, .failed, .superseded, .cancelled: true
        case .pending, .leased, .preparing, .running, .waitingForCutover, .cuttingOver,
            .verifying, .failedRetryable:
            false
        }
    }

    /// Whether a worker holds it, or held it when it died.
    package var isActive: Bool {
        switch self {
        case .leased, .preparing, .running, .waitingForCutover, .cuttingOver, .verifying,
            .failedRetryable:
            true
        case .pending, .completed, .failed, .superseded, .cancelled: false
        }
    }

    /// Whether another worker may take it up once the lease of the one before has expired.
    package var isClaimable: Bool {
        switch self {
        case .pending, .leased, .preparing, .running, .cuttingOver, .verifying, .failedRetryable:
            true
        case .waitingForCutover, .completed, .failed, .superseded, .cancelled: false
        }
    }

    /// The state as reports and records write it: `waiting_for_cutover`.
    package var label: String {
        switch self {
        case .waitingForCutover: "waiting_for_cutover"
        case .cuttingOver: "cutting_over"
        case .failedRetryable: "failed_retryable"
        case .pending, .leased, .preparing, .running, .verifying, .completed, .failed,
            .superseded, .cancelled:
            rawValue
        }
    }
}

extension OperationState {
    /// What it can become. After a dead worker each state that is not terminal can become what the
    /// table shows, or `pending` where nothing of it ran.
    package var successors: Set<OperationState> {
        switch self {
        case .pending: [.leased, .waitingForCutover, .completed, .superseded, .cancelled]
        case .leased:
            [
                .preparing, .waitingForCutover, .failedRetryable, .completed, .failed, .superseded,
                .pending,
            ]
        case .preparing:
            [
                .running, .waitingForCutover, .verifying, .failedRetryable, .completed, .failed,
                .superseded, .cancelled, .pending,
            ]
        case .running:
            [
                .verifying, .waitingForCutover, .cuttingOver, .preparing, .failedRetryable,
                .completed, .failed, .superseded, .cancelled, .pending,
            ]
        case .waitingForCutover: [.cuttingOver, .completed, .superseded, .cancelled]
        case .cuttingOver:
            [
                .verifying, .waitingForCutover, .failedRetryable, .failed, .completed,
                .superseded, .pending,
            ]
        case .verifying:
            [
                .running, .preparing, .cuttingOver, .failedRetryable, .completed, .failed,
                .superseded, .pending,
            ]
        case .failedRetryable:
            [
                .preparing, .running, .waitingForCutover, .cuttingOver, .completed, .failed,
                .superseded, .cancelled, .pending,
            ]
        case .completed, .failed, .superseded, .cancelled: []
        }
    }
}

extension OperationState {
    /// Reads a state as records have it. Ledgers of earlier releases may have `stopped`, which was
    /// as `pending` is: it is the rollout that is stopped.
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let state = text == "stopped" ? .pending : OperationState(rawValue: text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "an operation has no state `\(text.prefix(64))`"))
        }
        self = state
    }
}
