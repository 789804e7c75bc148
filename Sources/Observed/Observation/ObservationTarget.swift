import Schema

/// A shard and the database in which it lies.
package struct ObservationTarget: Hashable, Sendable {
    package let id: ShardID
    package let server: ServerAddress
    package let database: String

    package init(id: ShardID, server: ServerAddress, database: String) {
        self.id = id
        self.server = server
        self.database = database
    }
}
