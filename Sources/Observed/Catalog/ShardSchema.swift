import Schema

/// The tables and other managed objects of a shard; shards that are alike share one instance
/// (`ObjectCatalog`).
package final class ShardSchema: Sendable {
    /// By the name that the server gives, as ``ObjectName`` encodes it.
    package let tables: [String: Digest]
    /// Over all names and digests.
    package let digest: Digest

    init(tables: [String: Digest]) {
        self.tables = tables
        let lines = tables.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\($0.value.hex) \(SQL.identifier($0.key))\n" }
        digest = Digest(of: lines.joined())
    }
}

extension ShardSchema: Equatable {
    package static func == (left: ShardSchema, right: ShardSchema) -> Bool {
        left === right || left.tables == right.tables
    }
}
