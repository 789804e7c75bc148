import Diff
import Schema

/// What an operation changes, as the key for back-offs: with other digests it is another operation,
/// which is tried at once.
package struct OperationTarget: Hashable, Sendable {
    package let key: OperationKey
    package let from: Digest?
    package let to: Digest?
}

extension Gate.Ready {
    /// What it wants, for the memory of failures.
    var target: OperationTarget { OperationTarget(key: key, from: step.from, to: step.to) }
}
