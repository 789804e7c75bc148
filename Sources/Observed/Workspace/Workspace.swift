import Basics
import MySQLClient
import Schema

/// A scratch database in which the server itself says what a text means and what a change does.
///
/// Its session holds a lock named after the database for as long as it lives: a database whose
/// lock is free belongs to nobody any more, and ``sweep(on:pool:prefix:)`` drops it where it bears
/// the mark. Nothing is dropped without the mark, whoever made it: see ``WorkspaceMark``.
package final class Workspace {
    /// The name of the database.
    package let name: String
    /// The profile of this server and database: what is normalised here is valid for it.
    package let profile: ServerProfile

    let connection: Connection
    let catalog: ObjectCatalog

    /// What of a file's text may be sent to this server, and how.
    var textGuard: TextGuard { TextGuard(profile: profile, permissions: permissions) }

    private let permissions: StatementText.Permissions

    /// Runs `body` with a workspace on `server`, and drops it whatever happens in `body`.
    ///
    /// The database has the character set and collation of `profile`; `permissions` is what the
    /// operator lets files say beyond what every file may. When the session is lost,
    /// or the process dies, the database stays until somebody sweeps.
    package static func use<Value>(
        on server: ServerAddress, pool: ConnectionPool, catalog: ObjectCatalog,
        profile: ServerProfile, prefix: String = WorkspaceName.defaultPrefix,
        allowing permissions: StatementText.Permissions = StatementText.Permissions(),
        _ body: (Workspace) throws(WorkspaceError) -> Value
    ) throws(WorkspaceError) -> Value {
        let result = pool.using(server, purpose: .workspace) {
            connection throws(MySQLError) in
            Result { () throws(WorkspaceError) in
                let workspace = try Workspace(
                    on: connection, catalog: catalog, profile: profile, prefix: prefix,
                    allowing: permissions)
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
    /// Whether tables may be left in it.
    private var isUsed = false
    private let options: String

    private init(
        on connection: Connection, catalog: ObjectCatalog, profile wanted: ServerProfile,
        prefix: String, allowing permissions: StatementText.Permissions
    ) throws(WorkspaceError) {
        self.permissions = permissions
        if let fault = WorkspaceName.fault(ofPrefix: prefix) {
            throw WorkspaceError(.unavailable, "workspace: its prefix \(fault)")
        }
        let name = WorkspaceName.make(prefix: prefix, number: UInt64.random(in: 0 ... .max))
        self.name = name
        self.connection = connection
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

    /// Takes the lock, makes the database and marks it; what fails leaves nothing held.
    private static func open(
        _ name: String, _ options: String, on connection: Connection
    ) throws(WorkspaceError) -> (AdvisoryLock, WorkspaceMark) {
        let activity = "creating database \(SQL.identifier(name))"
        let opened: (AdvisoryLock, WorkspaceMark)
        do throws(MySQLError) {
            // First the lock: from its first moment on the database has a living owner.
            guard let lock = try AdvisoryLock.acquire(name: name, on: connection) else {
                throw MySQLError(
                    kind: .other, message: "the lock \(name) is taken", server: connection.server,
                    retry: .retryable)
            }
            do throws(MySQLError) {
                opened = (lock, try WorkspaceMark(of: name, on: connection))
            } catch {
                try? lock.release()
                throw error
            }
        } catch {
            throw WorkspaceError(error, while: activity)
        }
        do throws(WorkspaceError) {
            try make(opened.1, options, on: connection)
        } catch {
            try? opened.0.release()
            throw error
        }
        return opened
    }

    /// Makes the database and marks it. One that cannot be marked stays as it is, empty: without
    /// the mark nobody can tell it from another's.
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

    /// Drops what bears the mark; the error that made this necessary is told instead of others.
    private static func close(
        _ mark: WorkspaceMark, _ lock: AdvisoryLock, on connection: Connection
    ) {
        _ = try? mark.dropDatabase(on: connection)
        try? lock.release()
    }

    /// The defaults of the database. They come from a shard, which may be another server: a name
    /// that is none of a character set is not sent on.
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
    /// By dropping the whole database: on MariaDB, dropping tables that refer to each other on two
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

    /// Drops the database where it still bears the mark; an error where another took its place.
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
            if failure == nil { failure = WorkspaceError(error, while: activity) }
        }
        // The first error explains the second.
        let value = try result.get()
        if let failure { throw failure }
        return value
    }
}
