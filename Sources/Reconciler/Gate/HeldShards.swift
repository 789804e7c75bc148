import Diff
import Schema

extension Gate.Decision {
    /// Holds what is ready on the shards for which `hold` gives a reason.
    package mutating func hold(_ hold: (ShardID) -> Gate.Hold?) {
        var ready: [Gate.Ready] = []
        var shards: [Kept: [String]] = [:]
        var reasons: [ShardID: Gate.Hold?] = [:]
        for item in self.ready {
            let id = item.key.shardID
            let reason = reasons[id] ?? hold(id)
            reasons[id] = .some(reason)
            guard let reason else {
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
