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
