import Model
import Schema

/// What failed for good and when a daemon tries it again, equal ones together.
enum FailureFacts {
    private struct Key: Hashable {
        let namespace: String
        let object: ObjectName
        let words: String
        let message: String
    }

    /// One sentence for each group of shards: `commerce.orders on s0 failed 3 times since …`.
    ///
    /// - Parameter told: the operations of which it is said elsewhere why they failed.
    static func all(
        _ failures: [FailureRecord], told: Set<OperationKey> = []
    ) -> [String] {
        var order: [Key] = []
        var groups: [Key: [FailureRecord]] = [:]
        for failure in failures {
            let key = Key(
                namespace: failure.key.namespace, object: failure.key.object, words: failure.words,
                message: failure.message ?? "it failed")
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(failure)
        }
        return order.map { key in
            let group = groups[key] ?? []
            let shards = ShardNames.compact(group.map(\.key.shard))
            // Times of one form, in UTC, are in the order of their texts.
            let since = group.map(\.firstAt).min() ?? ""
            let next = group.map(\.nextAt).min() ?? ""
            return "\(key.object.label(in: key.namespace)) on \(shards) \(key.words) since "
                + "\(since), and a daemon tries it again at \(next), or after `plumb retry`"
                + (group.allSatisfy { told.contains($0.key) } ? "" : ": \(key.message)")
        }
    }
}
