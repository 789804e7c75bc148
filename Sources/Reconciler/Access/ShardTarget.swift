import Desired
import Observed
import Schema

extension ObservationTarget {
    package init(_ shard: Shard, kinds: Set<ObjectName.Kind> = []) {
        self.init(
            id: shard.id, server: shard.server, database: shard.database, kinds: kinds)
        changesReadOnly = shard.readOnly == .allow
    }
}

extension Sequence<Shard> {
    /// Where each shard is found, for what reads or changes it.
    package var targets: [ShardID: ObservationTarget] {
        Dictionary(uniqueKeysWithValues: map { ($0.id, ObservationTarget($0)) })
    }
}
