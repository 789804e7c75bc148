import Execution
import Model
import Schema

/// State that the workers of one rollout share: whether new operations may start.
package final class RolloutControl: Sendable {
    package let interrupt: Interrupt
    private let policy: FailurePolicy
    private let failure: Lock<String?>
    private let stop = Lock<String?>(nil)

    package init(policy: FailurePolicy, interrupt: Interrupt) {
        self.policy = policy
        self.interrupt = interrupt
        failure = Lock(nil)
    }

    /// The message of the first failure, with its shard.
    package var firstFailure: String? { failure.withLock { $0 } }

    /// False once an operation has failed under `halt`, the rollout was stopped or the run was
    /// interrupted.
    var mayStart: Bool {
        guard !interrupt.isRaised, stopReason == nil else { return false }
        return !isHalted
    }

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
