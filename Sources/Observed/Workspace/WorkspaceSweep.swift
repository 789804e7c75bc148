import MySQLClient
import Schema

extension Workspace {
    /// Drops the workspaces on `server` that outlived their owners, and returns their names.
    ///
    /// Left alone are databases whose lock is held, and all that do not bear Plumb's mark; an
    /// owner that died before it set the mark left a database without any object.
    package static func sweep(
        on server: ServerAddress, pool: ConnectionPool, prefix: String = Workspace.defaultPrefix
    ) throws(WorkspaceError) -> [String] {
        let result = pool.using(server, purpose: .change) { connection throws(MySQLError) in
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
        let rows = try connection.query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA")
        for case let name? in rows.map({ $0[0] }) where name.hasPrefix(prefix + "_") {
            guard let lock = try AdvisoryLock.acquire(name: name, on: connection) else { continue }
            if try isOurs(name, on: connection) {
                try connection.execute("DROP DATABASE IF EXISTS \(SQL.identifier(name))")
                dropped.append(name)
            }
            try lock.release()
        }
        return dropped.sorted()
    }

    private static func isOurs(
        _ name: String, on connection: Connection
    ) throws(MySQLError) -> Bool {
        let database = SQL.literal(name)
        let tables = try connection.query(
            "SELECT TABLE_NAME, TABLE_COMMENT FROM information_schema.TABLES "
                + "WHERE TABLE_SCHEMA = \(database)")
        guard tables.isEmpty else {
            return tables.contains { $0[0] == Marker.table && $0[1] == Marker.comment }
        }
        let others = try connection.query(
            "SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = "
                + "\(database) UNION ALL SELECT EVENT_NAME FROM information_schema.EVENTS "
                + "WHERE EVENT_SCHEMA = \(database)")
        return others.isEmpty
    }
}
