import Schema

/// A shard to observe, with its server and database.
package struct ObservationTarget: Hashable, Sendable {
    package let id: ShardID
    package let server: ServerAddress
    package let database: String
    /// The kinds of objects to read besides tables.
    package let kinds: Set<ObjectName.Kind>
    /// Whether it may be changed although its server is read-only.
    package var changesReadOnly = false

    package init(
        id: ShardID, server: ServerAddress, database: String, kinds: Set<ObjectName.Kind> = []
    ) {
        self.id = id
        self.server = server
        self.database = database
        self.kinds = kinds
    }

    /// The target with its database's name as the server stores it.
    package func stored(by folding: NameFolding) -> ObservationTarget {
        var result = ObservationTarget(
            id: id, server: server, database: folding.stored(database), kinds: kinds)
        result.changesReadOnly = changesReadOnly
        return result
    }
}
