import Schema

/// The tables and other managed objects of a shard; shards with the same schema share one instance
/// (`ObjectCatalog`).
package final class ShardSchema: Sendable {
    /// Digests by the server's name for the object, encoded as in ``ObjectName``.
    package let tables: [String: Digest]
    /// Covers all names and digests.
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
