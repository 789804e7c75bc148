import Execution
import Model
import Schema

/// State that the workers of one rollout share: whether new operations may start.
package final class RolloutControl: Sendable {
    package let interrupt: Interrupt
    private let policy: FailurePolicy
    private let failure: Lock<String?>
    private let stop = Lock<String?>(nil)

    private let closed: @Sendable () -> Bool

    /// - Parameter closed: whether no change may start just now, whatever it is.
    package init(
        policy: FailurePolicy, interrupt: Interrupt,
        closed: @escaping @Sendable () -> Bool = { false }
    ) {
        self.policy = policy
        self.interrupt = interrupt
        self.closed = closed
        failure = Lock(nil)
    }

    /// The message of the first failure, with its shard.
    package var firstFailure: String? { failure.withLock { $0 } }

    /// False once an operation has failed under `halt`, the rollout was stopped or the run was
    /// interrupted.
    var mayStart: Bool {
        guard !interrupt.isRaised, stopReason == nil, !isHalted else { return false }
        return !closed()
    }

    /// Whether no change may start just now, whatever it is: the windows are closed.
    package var isClosed: Bool { closed() }

    /// Who stopped the rollout, and why; nil where nobody did.
    package var stopReason: String? { stop.withLock { $0 } }

    /// Nothing of the rollout begins any more in this run.
    package func stop(_ reason: String) { stop.withLock { $0 = $0 ?? reason } }

    /// Whether a failure keeps new operations from starting.
    package var isHalted: Bool { policy == .halt && firstFailure != nil }

    func note(_ key: OperationKey, _ outcome: OperationOutcome) {
        guard outcome.kind == .failed else { return }
        failure.withLock { first in
            if first == nil { first = "\(key): \(outcome.message ?? "failed")" }
        }
    }
}
