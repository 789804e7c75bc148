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
    package static func cut(_ shards: [Shard], into waves: [Wave]) -> [Cut] {
        var cuts: [Cut] = []
        var rest = shards[...]
        for wave in waves where !rest.isEmpty {
            let chosen = chosen(for: wave, of: rest, total: shards.count)
            guard !chosen.isEmpty else { continue }
            cuts.append(Cut(shards: chosen, bakeSeconds: wave.bakeSeconds))
            let taken = Set(chosen)
            rest = rest.filter { !taken.contains($0.id) }[...]
        }
        if !rest.isEmpty { cuts.append(Cut(shards: rest.map(\.id), bakeSeconds: 0)) }
        return cuts
    }

    private static func chosen(
        for wave: Wave, of rest: ArraySlice<Shard>, total: Int
    ) -> [ShardID] {
        switch wave.size {
        case .selected(let selector): return rest.filter(selector.selects).map(\.id)
        case .shards, .percent:
            let count = (wave.reach(of: total) ?? 0) - (total - rest.count)
            return rest.prefix(max(0, count)).map(\.id)
        }
    }
}
