import Desired
import Schema

/// Divides a rollout into waves, canaries first.
package enum Waves {
    /// One wave of a rollout.
    package struct Cut: Hashable, Sendable {
        /// The shards that this wave adds.
        package let shards: [ShardID]
        /// How long to wait after this wave before the next one, in seconds.
        package let bakeSeconds: Int
    }

    /// Divides `shards`, in their order, into waves; the last one has the rest.
    ///
    /// The size of each wave includes the waves before it. Empty waves are left out, and every
    /// shard is in exactly one wave.
    package static func cut(_ shards: [ShardID], into waves: [Wave]) -> [Cut] {
        var cuts: [Cut] = []
        var rest = shards[...]
        for wave in waves where !rest.isEmpty {
            let count = wave.reach(of: shards.count) - (shards.count - rest.count)
            guard count > 0 else { continue }
            cuts.append(Cut(shards: Array(rest.prefix(count)), bakeSeconds: wave.bakeSeconds))
            rest = rest.dropFirst(count)
        }
        if !rest.isEmpty { cuts.append(Cut(shards: Array(rest), bakeSeconds: 0)) }
        return cuts
    }
}
