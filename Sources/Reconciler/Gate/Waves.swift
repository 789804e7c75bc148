import Desired
import Schema

/// How a rollout is cut into waves: canaries first.
package enum Waves {
    /// One wave of a rollout.
    package struct Cut: Hashable, Sendable {
        package let shards: [ShardID]
        /// How long the next wave waits after this one is completed.
        package let bakeSeconds: Int
    }

    /// Cuts `shards`, in their own order, into waves; the rest forms the last one.
    ///
    /// Each wave reaches so many shards with those of the waves before. Empty waves are left
    /// out, and every shard is in exactly one wave.
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
