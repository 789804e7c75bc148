import Diff
import Schema

extension Gate.Decision {
    /// Holds what is ready on the shards for which `hold` gives a reason.
    package mutating func hold(_ hold: (ShardID) -> Gate.Hold?) {
        var reasons: [ShardID: Gate.Hold?] = [:]
        holdOperations { key in
            let reason = reasons[key.shardID] ?? hold(key.shardID)
            reasons[key.shardID] = .some(reason)
            return reason
        }
    }

    /// Holds the operations that are ready and for which `hold` gives a reason.
    package mutating func holdOperations(_ hold: (OperationKey) -> Gate.Hold?) {
        var ready: [Gate.Ready] = []
        var shards: [Kept: [String]] = [:]
        for item in self.ready {
            guard let reason = hold(item.key) else {
                ready.append(item)
                continue
            }
            shards[Kept(step: item.step, hold: reason), default: []].append(item.shard)
        }
        for (key, names) in shards.sorted(by: { ($0.value.first ?? "") < ($1.value.first ?? "") }) {
            held.append(Gate.Held(step: key.step, shards: names, hold: key.hold))
        }
        self.ready = ready
    }

    private struct Kept: Hashable {
        let step: PlanStep
        let hold: Gate.Hold
    }
}
