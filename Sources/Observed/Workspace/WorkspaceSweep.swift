import MySQLClient
import Schema

extension Workspace {
    /// Drops the workspaces on `server` whose owners are gone; returns their names.
    ///
    /// Drops only databases with a workspace's name and mark whose lock nobody holds. An owner that
    /// died before it set the mark leaves an empty database, which ``leftOvers(on:prefix:)`` lists.
    package static func sweep(
        on server: ServerAddress, pool: ConnectionPool, prefix: String = WorkspaceName.defaultPrefix
    ) throws(WorkspaceError) -> [String] {
        let result = pool.using(server, purpose: .workspace) { connection throws(MySQLError) in
            try sweep(connection, prefix: prefix)
        }
        switch result {
        case .success(let names): return names
        case .failure(let error): throw WorkspaceError(error, while: "sweeping left-overs")
        }
    }

    private static func sweep(
        _ connection: Connection, prefix: String
    ) throws(MySQLError) -> [String] {
        var dropped: [String] = []
        for name in try names(on: connection, prefix: prefix) {
            guard let lock = try AdvisoryLock.acquire(name: name, on: connection) else { continue }
            defer { lock.releaseOrEndSession() }
            let mark = try WorkspaceMark(of: name, on: connection)
            if try mark.dropDatabase(on: connection) { dropped.append(name) }
        }
        return dropped.sorted()
    }

    /// A database with a workspace's name whose lock nobody holds.
    package struct LeftOver: Hashable, Sendable {
        /// Whether a sweep drops it.
        package enum State: Hashable, Sendable {
            /// It is marked: the next sweep drops it.
            case marked
            /// It is not marked: nothing drops it. `isEmpty`: the account sees no object in it.
            case unmarked(isEmpty: Bool)
        }

        package let name: String
        package let state: State
    }

    /// The databases that a sweep would find, by name; changes nothing.
    package static func leftOvers(
        on connection: Connection, prefix: String
    ) throws(MySQLError) -> [LeftOver] {
        var found: [LeftOver] = []
        for name in try names(on: connection, prefix: prefix).sorted() {
            guard try AdvisoryLock.holderThreadID(of: name, on: connection) == nil else { continue }
            let isMarked = try WorkspaceMark(of: name, on: connection).isSet(on: connection)
            let state: LeftOver.State =
                isMarked ? .marked : .unmarked(isEmpty: try isEmpty(name, on: connection))
            found.append(LeftOver(name: name, state: state))
        }
        return found
    }

    /// All names of the shape, compared here: the server's collations and wildcards match others.
    private static func names(
        on connection: Connection, prefix: String
    ) throws(MySQLError) -> [String] {
        try connection.query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA")
            .compactMap { $0[0] }.filter { WorkspaceName.matches($0, prefix: prefix) }
    }

    private static func isEmpty(
        _ name: String, on connection: Connection
    ) throws(MySQLError) -> Bool {
        let database = SQL.literal(name)
        return try connection.query(
            "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = \(database) "
                + "UNION ALL SELECT 1 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = "
                + "\(database) UNION ALL SELECT 1 FROM information_schema.EVENTS "
                + "WHERE EVENT_SCHEMA = \(database)"
        ).isEmpty
    }
}
