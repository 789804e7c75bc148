import Diff
import Schema

/// What an operation wants: when either end moves it is another one, and tried at once.
package struct OperationTarget: Hashable, Sendable {
    package let key: OperationKey
    package let from: Digest?
    package let to: Digest?
}

extension Gate.Ready {
    /// What it wants, for the memory of failures.
    var target: OperationTarget { OperationTarget(key: key, from: step.from, to: step.to) }
}
