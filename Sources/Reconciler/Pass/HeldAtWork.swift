import Diff
import Schema

extension Gate.Decision {
    /// Holds what is at work: it is neither begun again nor taken for a change that somebody else
    /// made.
    mutating func hold(_ atWork: OperationsAtWork) {
        guard !atWork.keys.isEmpty else { return }
        let hold = { (key: OperationKey) -> Gate.Hold? in
            atWork.keys[key].map { .atWork(reason: "rollout \($0) is at work on it") }
        }
        holdOperations(hold)
        let drifted = held.filter { $0.hold == .drift }
        held.removeAll { $0.hold == .drift }
        for item in drifted {
            let shards = Dictionary(grouping: item.shardIDs) { id in
                hold(OperationKey(shard: id, object: item.step.object)) ?? .drift
            }
            for (hold, shards) in shards {
                held.append(
                    Gate.Held(step: item.step, shards: shards.map(\.shard).sorted(), hold: hold))
            }
        }
    }
}
