import Schema

/// How a rollout is cut into waves: canaries first.
package enum Waves {
    /// The size of one wave.
    package enum Size: Hashable, Sendable {
        /// That many shards more.
        case shards(Int)
        /// Until that share of all shards is covered.
        case percent(Int)
    }

    /// Cuts `shards`, in their own order, into waves; the rest forms the last one.
    ///
    /// A percentage counts from the start, so `10` then `100` are a tenth and the other nine.
    /// Empty waves are left out, and every shard is in exactly one wave.
    package static func cut(_ shards: [ShardID], into sizes: [Size]) -> [[ShardID]] {
        var waves: [[ShardID]] = []
        var rest = shards[...]
        for size in sizes where !rest.isEmpty {
            let taken = shards.count - rest.count
            let count =
                switch size {
                case .shards(let number): number
                case .percent(let share):
                    // At least one, so that 10 % of three shards is a canary and not nothing.
                    max(1, (shards.count * share + 99) / 100) - taken
                }
            guard count > 0 else { continue }
            waves.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        if !rest.isEmpty { waves.append(Array(rest)) }
        return waves
    }
}
