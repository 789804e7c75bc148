import Schema

/// A shard and the database in which it lies.
package struct ObservationTarget: Hashable, Sendable {
    package let id: ShardID
    package let server: ServerAddress
    package let database: String
    /// What is read beside tables.
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

    /// The same with its database as the server writes that into definitions and lists.
    package func stored(by folding: NameFolding) -> ObservationTarget {
        var result = ObservationTarget(
            id: id, server: server, database: folding.stored(database), kinds: kinds)
        result.changesReadOnly = changesReadOnly
        return result
    }
}
