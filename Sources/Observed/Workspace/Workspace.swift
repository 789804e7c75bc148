import MySQLClient
import Schema

/// A scratch database in which the server itself says what a text means and what a change does.
///
/// Its session holds a lock named after the database for as long as it lives: a database whose
/// lock is free belongs to nobody any more, and ``sweep(on:pool:prefix:)`` drops it.
package final class Workspace {
    /// What the databases' names begin with, unless the fleet file says otherwise.
    package static let defaultPrefix = "_plumb_ws"

    /// The name of the database.
    package let name: String
    /// The profile of this server and database: what is normalised here is valid for it.
    package let profile: ServerProfile

    let connection: Connection
    let catalog: TableCatalog

    /// What of a file's text may be sent to this server, and how.
    var textGuard: TextGuard {
        TextGuard(profile: profile, permissions: StatementText.Permissions())
    }

    /// Runs `body` with a workspace on `server`, and drops it whatever happens in `body`.
    ///
    /// The database has the character set and collation of `profile`. When the session is lost,
    /// or the process dies, the database stays until somebody sweeps.
    package static func use<Value>(
        on server: ServerAddress, pool: ConnectionPool, catalog: TableCatalog,
        profile: ServerProfile, prefix: String = Workspace.defaultPrefix,
        _ body: (Workspace) throws(WorkspaceError) -> Value
    ) throws(WorkspaceError) -> Value {
        let result = pool.using(server, purpose: .change) {
            connection throws(MySQLError) in
            Result { () throws(WorkspaceError) in
                let workspace = try Workspace(
                    on: connection, catalog: catalog, profile: profile, prefix: prefix)
                return try workspace.finish(
                    Result { () throws(WorkspaceError) in
                        try body(workspace)
                    })
            }
        }
        switch result {
        case .success(let outcome): return try outcome.get()
        case .failure(let error): throw WorkspaceError(error, while: "connecting")
        }
    }

    private let lock: AdvisoryLock
    /// Whether tables may be left in it.
    private var isUsed = false
    private let options: String

    private init(
        on connection: Connection, catalog: TableCatalog, profile wanted: ServerProfile,
        prefix: String
    ) throws(WorkspaceError) {
        let random = String(UInt64.random(in: 0 ..< .max), radix: 16)
        name = "\(prefix)_\(String(repeating: "0", count: 16 - random.count))\(random)"
        self.connection = connection
        self.catalog = catalog
        options = "CHARACTER SET \(wanted.characterSet) COLLATE \(wanted.collation)"
        do throws(MySQLError) {
            // First the lock: from its first moment on the database has a living owner.
            guard let lock = try AdvisoryLock.acquire(name: name, on: connection) else {
                throw MySQLError(
                    kind: .other, message: "the lock \(name) is taken", server: connection.server,
                    retry: .retryable)
            }
            self.lock = lock
            do throws(MySQLError) {
                try Self.create(name, options, on: connection)
                profile = try connection.profile(database: name)
                if profile.flavour == .mariadb {
                    // Without it a table with system versioning refuses every change.
                    try connection.execute("SET SESSION system_versioning_alter_history = KEEP")
                }
            } catch {
                try? connection.execute("DROP DATABASE IF EXISTS \(SQL.identifier(name))")
                try? lock.release()
                throw error
            }
        } catch {
            throw WorkspaceError(error, while: "creating database \(SQL.identifier(name))")
        }
        guard profile.flavour == wanted.flavour else {
            try? connection.execute("DROP DATABASE \(SQL.identifier(name))")
            try? lock.release()
            throw WorkspaceError(
                .unavailable,
                "workspace: \(connection.server) is \(profile.flavour.rawValue), the shards are "
                    + "\(wanted.flavour.rawValue)",
                remedy: "set workspace.host to a server like the shards'")
        }
    }

    /// Empties the workspace.
    ///
    /// By dropping the whole database: on MariaDB, dropping tables that refer to each other on two
    /// sessions at once can hang for ever.
    func reset() throws(WorkspaceError) {
        do throws(MySQLError) {
            try connection.execute("DROP DATABASE \(SQL.identifier(name))")
            try Self.create(name, options, on: connection)
        } catch {
            throw WorkspaceError(error, while: "emptying database \(SQL.identifier(name))")
        }
    }

    /// Runs `body` with an empty workspace.
    ///
    /// What it leaves goes before the next one, and with the database at the end: every DDL
    /// statement waits for the server's disk, and most workspaces are used once.
    func startingEmpty<Value>(
        _ body: () throws(WorkspaceError) -> Value
    ) throws(WorkspaceError) -> Value {
        if isUsed { try reset() }
        isUsed = true
        return try body()
    }

    /// Drops the database and hands on the result of the work done in it.
    private func finish<Value>(
        _ result: Result<Value, WorkspaceError>
    ) throws(WorkspaceError) -> Value {
        var failure: WorkspaceError?
        do throws(MySQLError) {
            try connection.execute("DROP DATABASE IF EXISTS \(SQL.identifier(name))")
            try connection.execute("SET SESSION foreign_key_checks = 1")
            try lock.release()
        } catch {
            failure = WorkspaceError(error, while: "dropping database \(SQL.identifier(name))")
        }
        // The first error explains the second.
        let value = try result.get()
        if let failure { throw failure }
        return value
    }

    private static func create(
        _ name: String, _ options: String, on connection: Connection
    ) throws(MySQLError) {
        try connection.execute("CREATE DATABASE \(SQL.identifier(name)) \(options)")
        try connection.execute(
            "CREATE TABLE \(SQL.identifier(name)).\(SQL.identifier(Marker.table)) "
                + "(id INT PRIMARY KEY) COMMENT = \(SQL.literal(Marker.comment))")
        try connection.select(database: name)
    }

    /// What tells Plumb's databases from others whose name begins alike.
    enum Marker {
        static let table = "_plumb_owner"
        static let comment = "Workspace of Plumb: dropped when its owner is gone"
    }
}
