import Schema

/// A shard and the database in which it lies.
package struct ObservationTarget: Hashable, Sendable {
    package let id: ShardID
    package let server: ServerAddress
    package let database: String
    /// What is read beside tables.
    package let kinds: Set<ObjectName.Kind>

    package init(
        id: ShardID, server: ServerAddress, database: String, kinds: Set<ObjectName.Kind> = []
    ) {
        self.id = id
        self.server = server
        self.database = database
        self.kinds = kinds
    }
}
