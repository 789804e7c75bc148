import Basics
import MySQLClient
import Schema

/// A temporary database in which a server itself shows what a text means and what a change does.
///
/// As long as it lives, its session holds an advisory lock named after the database. A database
/// whose lock is free has no owner any more, and ``sweep(on:pool:prefix:)`` drops it if it has the
/// mark. Without the mark nothing is dropped; see ``WorkspaceMark``.
package final class Workspace {
    /// The name of the database.
    package let name: String
    /// The profile of this server and database, for which the normalised schemas are valid.
    package let profile: ServerProfile

    /// The server that it is on.
    package var server: ServerAddress { connection.server }

    let connection: Connection
    /// Where sessions beside its own come from.
    let pool: ConnectionPool
    /// How many sessions make its tables at a time, its own among them.
    let hands: Int
    let catalog: ObjectCatalog

    /// Decides which texts may be sent to this server, and in what form.
    var textGuard: TextGuard { TextGuard(profile: profile, permissions: permissions) }

    /// What was made of files here, which some changes do again.
    var creations = KnownCreations()

    private let permissions: StatementText.Permissions

    /// Runs `body` with a workspace on `server`, and drops the workspace afterwards, also on
    /// errors.
    ///
    /// The database gets the character set and collation of `profile`; `permissions` are the
    /// clauses that the operator allows to files besides the usual ones. Where the session is lost
    /// or the process dies, the database stays until a sweep.
    ///
    /// - Parameters:
    ///   - hands: how many sessions make the tables of a wide schema at a time.
    ///   - waits: where false, it throws where all of the pool's connections are in use.
    package static func use<Value>(
        on server: ServerAddress, pool: ConnectionPool, catalog: ObjectCatalog,
        profile: ServerProfile, prefix: String = WorkspaceName.defaultPrefix,
        allowing permissions: StatementText.Permissions = StatementText.Permissions(),
        hands: Int = 1, waits: Bool = true, _ body: (Workspace) throws(WorkspaceError) -> Value
    ) throws(WorkspaceError) -> Value {
        let result = pool.using(server, purpose: .workspace, waits: waits) {
            connection throws(MySQLError) in
            Result { () throws(WorkspaceError) in
                let workspace = try Workspace(
                    on: connection, of: pool, hands: hands, catalog: catalog, profile: profile,
                    prefix: prefix, allowing: permissions)
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
    private let mark: WorkspaceMark
    /// Whether there may be tables in it.
    private var isUsed = false
    private let options: String

    private init(
        on connection: Connection, of pool: ConnectionPool, hands: Int, catalog: ObjectCatalog,
        profile wanted: ServerProfile, prefix: String,
        allowing permissions: StatementText.Permissions
    ) throws(WorkspaceError) {
        self.permissions = permissions
        if let fault = WorkspaceName.fault(ofPrefix: prefix) {
            throw WorkspaceError(.unavailable, "workspace: its prefix \(fault)")
        }
        let name = WorkspaceName.make(prefix: prefix, number: UInt64.random(in: 0 ... .max))
        self.name = name
        self.connection = connection
        self.pool = pool
        self.hands = hands
        self.catalog = catalog
        options = try Self.options(wanted)
        (lock, mark) = try Self.open(name, options, on: connection)
        do throws(MySQLError) {
            profile = try Self.prepare(name, on: connection).readingFiles(in: wanted.fileMode)
        } catch {
            Self.close(mark, lock, on: connection)
            throw WorkspaceError(error, while: "preparing database \(SQL.identifier(name))")
        }
        guard profile.flavour == wanted.flavour else {
            Self.close(mark, lock, on: connection)
            throw WorkspaceError(
                .unavailable,
                "workspace: \(connection.server) is \(profile.flavour.rawValue), the shards are "
                    + "\(wanted.flavour.rawValue)",
                remedy: "set workspace.host to a server like the shards'")
        }
    }

    /// Takes the lock, creates the database and marks it; releases everything on an error.
    private static func open(
        _ name: String, _ options: String, on connection: Connection
    ) throws(WorkspaceError) -> (AdvisoryLock, WorkspaceMark) {
        let activity = "creating database \(SQL.identifier(name))"
        let opened: (AdvisoryLock, WorkspaceMark)
        do throws(MySQLError) {
            // The lock comes first, so that the database never exists without an owner.
            guard let lock = try AdvisoryLock.acquire(name: name, on: connection) else {
                throw MySQLError(
                    kind: .other, message: "the lock \(name) is taken", server: connection.server,
                    retry: .retryable)
            }
            do throws(MySQLError) {
                opened = (lock, try WorkspaceMark(of: name, on: connection))
            } catch {
                lock.releaseOrEndSession()
                throw error
            }
        } catch {
            throw WorkspaceError(error, while: activity)
        }
        do throws(WorkspaceError) {
            try make(opened.1, options, on: connection)
        } catch {
            opened.0.releaseOrEndSession()
            throw error
        }
        return opened
    }

    /// Creates the database and marks it. If it cannot be marked it stays, empty: without the mark
    /// nobody can tell whose it is.
    private static func make(
        _ mark: WorkspaceMark, _ options: String, on connection: Connection
    ) throws(WorkspaceError) {
        let name = SQL.identifier(mark.database)
        do throws(MySQLError) {
            try connection.execute("CREATE DATABASE \(name) \(options)")
        } catch {
            throw WorkspaceError(error, while: "creating database \(name)")
        }
        do throws(MySQLError) {
            try mark.set(on: connection)
        } catch {
            throw WorkspaceError(
                error, while: "marking database \(name)",
                remedy: "the empty database stays: DROP DATABASE \(name) once the account may "
                    + "create tables in it")
        }
    }

    private static func prepare(
        _ name: String, on connection: Connection
    ) throws(MySQLError) -> ServerProfile {
        try connection.select(database: name)
        return try connection.profile(database: name)
    }

    /// Drops the database if it has the mark; `body`'s own error takes precedence over a new one.
    private static func close(
        _ mark: WorkspaceMark, _ lock: AdvisoryLock, on connection: Connection
    ) {
        // What stays is dropped by the next sweep.
        _ = try? mark.dropDatabase(on: connection)
        lock.releaseOrEndSession()
    }

    /// The clauses with the database's defaults. They come from a shard, maybe on another server:
    /// only names that a character set or collation can have are sent.
    private static func options(_ wanted: ServerProfile) throws(WorkspaceError) -> String {
        for name in [wanted.characterSet, wanted.collation] {
            let isName = name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
                    || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            }
            guard isName, !name.isEmpty else {
                throw WorkspaceError(
                    .unavailable,
                    "workspace: a shard names a character set or collation that "
                        + "cannot be one", remedy: "look at the defaults of the shard's database")
            }
        }
        return "CHARACTER SET \(wanted.characterSet) COLLATE \(wanted.collation)"
    }

    /// Empties the workspace.
    ///
    /// Drops the whole database: on MariaDB, dropping tables with foreign keys to each other in two
    /// sessions at once can hang for ever.
    func reset() throws(WorkspaceError) {
        try drop(while: "emptying database \(SQL.identifier(name))")
        try Self.make(mark, options, on: connection)
        do throws(MySQLError) {
            try connection.select(database: name)
        } catch {
            throw WorkspaceError(error, while: "emptying database \(SQL.identifier(name))")
        }
    }

    /// Drops the database if it still has the mark; throws where another one took its place.
    private func drop(while activity: String) throws(WorkspaceError) {
        do throws(MySQLError) {
            if try mark.dropDatabase(on: connection) { return }
            guard try mark.isDatabaseThere(on: connection) else { return }
        } catch {
            throw WorkspaceError(error, while: activity)
        }
        throw WorkspaceError(
            .unavailable,
            "workspace: \(activity): it does not bear the mark that Plumb set, and is left as it "
                + "is: somebody put another in its place, or took its table "
                + SQL.identifier(WorkspaceMark.table),
            remedy: "find out who; if nobody needs it: DROP DATABASE \(SQL.identifier(name))")
    }

    /// Runs `body` with an empty workspace.
    ///
    /// Its tables are dropped before the next use or with the database: every DDL statement waits
    /// for the server's disk, and most workspaces are used once.
    func startingEmpty<Value>(
        _ body: () throws(WorkspaceError) -> Value
    ) throws(WorkspaceError) -> Value {
        if isUsed { try reset() }
        isUsed = true
        return try body()
    }

    /// Drops the database and returns the result of the work in it.
    private func finish<Value>(
        _ result: Result<Value, WorkspaceError>
    ) throws(WorkspaceError) -> Value {
        var failure: WorkspaceError?
        let activity = "dropping database \(SQL.identifier(name))"
        do throws(WorkspaceError) {
            try drop(while: activity)
        } catch {
            failure = error
        }
        do throws(MySQLError) {
            try connection.execute("SET SESSION foreign_key_checks = 1")
            try lock.release()
        } catch {
            lock.releaseOrEndSession()
            if failure == nil { failure = WorkspaceError(error, while: activity) }
        }
        // An error of the work explains why dropping fails, so it is thrown first.
        let value = try result.get()
        if let failure { throw failure }
        return value
    }
}
