import Schema

/// The operations that earlier passes of a loop began and that are not over, as a pass sees them
/// when it begins.
struct OperationsAtWork: Sendable {
    /// The rollouts that are left to those who are at them.
    var rollouts: Set<String> = []
    /// The rollout of each operation.
    var keys: [OperationKey: String] = [:]

    /// Nothing else begins on these.
    var shards: Set<ShardID> = []
}
