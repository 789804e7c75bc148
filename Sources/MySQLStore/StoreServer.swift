import MySQLClient

/// One server of a store, and how a session with it is opened.
package struct StoreServer: Sendable {
    package let name: String
    package let connect: @Sendable () throws(MySQLError) -> Connection

    package init(
        name: String, connect: @escaping @Sendable () throws(MySQLError) -> Connection
    ) {
        self.name = name
        self.connect = connect
    }
}

extension MySQLBackend {
    /// - Parameter servers: at least one; the first is used.
    package convenience init(
        place: String, database: String, servers: [StoreServer], waitSeconds: Double = 120,
        heartbeatSeconds: Double = 5
    ) {
        self.init(
            place: place, database: database, waitSeconds: waitSeconds,
            heartbeatSeconds: heartbeatSeconds, connect: servers[0].connect)
    }
}
