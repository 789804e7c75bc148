import Desired
import Model
import Observed
import Schema

/// Where the shards of an environment are, as the fleet file has them: what reading a shard tells
/// of an operation that began there holds only where it still is.
package struct Whereabouts {
    private let places: [ShardID: String]
    private let knowsAll: (String) -> Bool

    /// - Parameter knowsAll: whether every shard of a namespace is among `shards`; it is not where
    ///   some are discovered and nobody asked their server.
    package init(
        _ shards: [Shard], knowsAll: @escaping (String) -> Bool = { _ in true }
    ) {
        places = Dictionary(shards.map { ($0.id, ObservationTarget($0).place) }) { first, _ in first
        }
        self.knowsAll = knowsAll
    }

    /// Whether a shard is one of the fleet, or may be one of those that are not known.
    func mayHave(_ shard: ShardID) -> Bool {
        places[shard] != nil || !knowsAll(shard.namespace)
    }

    /// Why reading its shard does not tell what became of an operation; nil where it does.
    ///
    /// The shard's lock proves that nothing runs there any more, and nothing about another place.
    package func obstacle(to record: PendingRecord) -> String? {
        let shard = record.key.shardID
        let began = record.place.map { "it began at \($0)" }
        guard let present = places[shard] else {
            guard knowsAll(shard.namespace) else { return record.astray }
            return [began, "\(shard) left the fleet"].compactMap(\.self)
                .joined(separator: ", and ")
        }
        guard let began, record.place != present else { return nil }
        return "\(began), and \(shard) is at \(present) now"
    }
}

extension ObservationTarget {
    /// Its server and database, as `db-0:3306/shop_1`.
    package var place: String { "\(server)/\(database)" }
}
