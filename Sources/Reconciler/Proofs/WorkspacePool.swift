import Foundation
import Model
import MySQLClient
import Observed
import Schema

/// Gives a pass its workspaces: scratch databases on servers with the profile of the shards.
///
/// One is opened when it is first needed and kept until the end of the pass: creating and dropping
/// databases costs a server more than the work in them.
package final class WorkspacePool {
    private let pool: ConnectionPool
    private let catalog: ObjectCatalog
    private let preferred: ServerAddress?
    private let prefix: String
    private let permissions: StatementText.Permissions
    private let servers: WorkspaceServers
    /// How many sessions may make tables on one server at a time.
    let hands: Int
    private var threads: [ServerProfile: (place: ServerAddress, thread: WorkspaceThread)] = [:]
    /// Threads whose workspaces are needed no more, and are being dropped.
    private var closing: [WorkspaceThread] = []
    private var swept: Set<ServerAddress> = []
    /// Servers that could not open a workspace in this pass, and why.
    private var useless: [ServerAddress: WorkspaceError] = [:]
    /// Notices about the servers used for workspaces.
    package private(set) var notices: [Notice] = []

    /// - Parameters:
    ///   - preferred: the server that the fleet file names. It is used for shards of its profile;
    ///     for others a shard's server is used.
    ///   - servers: the other servers that may be used.
    ///   - unreached: servers that cannot be used from here, with the reason.
    ///   - hands: how many sessions may make tables on one server at a time: fewer than the
    ///     sessions of the pool, so that others can read.
    ///   - permissions: the statements that the operator allows in files.
    package init(
        pool: ConnectionPool, catalog: ObjectCatalog, preferred: ServerAddress?, prefix: String,
        servers: WorkspaceServers = WorkspaceServers(),
        unreached: [ServerAddress: String] = [:], hands: Int = 1,
        allowing permissions: StatementText.Permissions = StatementText.Permissions()
    ) {
        self.pool = pool
        self.catalog = catalog
        self.preferred = preferred
        self.prefix = prefix
        self.servers = servers
        self.hands = max(1, hands)
        self.permissions = permissions
        for (server, reason) in unreached {
            useless[server] = WorkspaceError(
                MySQLError(kind: .unreachable, message: reason, server: server),
                while: "connecting",
                remedy: "name a server of the same version and settings as `host` of `workspace`")
        }
    }

    /// How many sessions make tables on a server on which so many operations may run at a time.
    ///
    /// Their tables are empty, and most of a statement is the server's wait for its disk: MariaDB
    /// 10.11 asks for that 8 times when it makes a table, 13 times when it alters one. Several
    /// sessions wait for the same. Always fewer than a server may have of a process.
    static func hands(beside perHost: Int) -> Int {
        max(1, min(3 * perHost, perHost + 4))
    }

    deinit {
        close()
    }

    /// Runs `body` with a workspace on a server of `profile`; `server` is one that has it.
    ///
    /// Where that server is full, read-only, unreachable or refuses the account, `body` runs from
    /// the start on another one of the profile.
    package func use<Value>(
        for profile: ServerProfile, server: ServerAddress,
        _ body: (Workspace) throws(WorkspaceError) -> Value
    ) throws(WorkspaceError) -> Value {
        if let (place, thread) = threads[profile] {
            do throws(WorkspaceError) {
                return try thread.run(body)
            } catch {
                guard error.isForAnother else { throw error }
                useless[place] = error
                threads.removeValue(forKey: profile)?.thread.close()
            }
        }
        var first: WorkspaceError?
        for place in try choose(profile, server) {
            if let known = useless[place] {
                first = first ?? known
                continue
            }
            do throws(WorkspaceError) {
                let value = try open(on: place, profile).run(body)
                if let first { note(place, instead: first) }
                return value
            } catch {
                guard error.isForAnother else { throw error }
                useless[place] = error
                threads.removeValue(forKey: profile)?.thread.close()
                first = first ?? error
            }
        }
        throw first ?? WorkspaceError.closed
    }

    private func open(
        on place: ServerAddress, _ profile: ServerProfile
    ) throws(WorkspaceError) -> WorkspaceThread {
        try checkTakesChanges(place)
        if swept.insert(place).inserted {
            // What a dead run left is dropped first, and what is in use stays. What cannot be
            // dropped is in nobody's way: `plumb doctor` names it, and the next pass tries again.
            _ = try? Workspace.sweep(on: place, pool: pool, prefix: prefix)
        }
        let thread = thread(on: place, profile)
        threads[profile] = (place, thread)
        return thread
    }

    /// - Parameter waits: where false, the workspace is not opened while all connections are in
    ///   use.
    private func thread(
        on place: ServerAddress, _ profile: ServerProfile, waits: Bool = true
    ) -> WorkspaceThread {
        WorkspaceThread { [pool, catalog, prefix, permissions, hands] work throws(WorkspaceError) in
            try Workspace.use(
                on: place, pool: pool, catalog: catalog, profile: profile, prefix: prefix,
                allowing: permissions, hands: hands, waits: waits
            ) { (workspace) throws(WorkspaceError) in work(workspace) }
        }
    }

    /// Runs `body` for each job, as ``use(for:server:_:)`` does, and at the same time on workspaces
    /// beside that one, as many as may be and as there are sessions for.
    ///
    /// - Returns: the values in the order of the jobs.
    func share<Job: Sendable, Value: Sendable>(
        _ jobs: [Job], for profile: ServerProfile, server: ServerAddress,
        _ body: @escaping @Sendable (Workspace, Job) throws(WorkspaceError) -> Value
    ) throws(WorkspaceError) -> [Value] {
        guard !jobs.isEmpty else { return [] }
        return try use(for: profile, server: server) { (workspace) throws(WorkspaceError) in
            let crew = WorkspaceCrew(jobs, body)
            let place = workspace.server
            let helpers = (1..<max(1, min(hands, jobs.count))).map { _ in
                thread(on: place, profile, waits: false)
            }
            defer {
                // They hold connections that others may wait for.
                helpers.forEach { $0.beginClosing() }
                closing += helpers
            }
            return try crew.work(on: workspace, helpers: helpers)
        }
    }

    /// Throws for a read-only server, even if the account could write to it: nothing is created or
    /// dropped on a replica.
    private func checkTakesChanges(_ place: ServerAddress) throws(WorkspaceError) {
        let answer = pool.using(place, purpose: .workspace) { connection throws(MySQLError) in
            try ReadOnlyState(on: connection)
        }
        switch answer {
        case .failure(let error): throw WorkspaceError(error, while: "connecting")
        case .success(let state):
            guard let setting = state.setting else { return }
            throw WorkspaceError(
                MySQLError(
                    kind: .readOnly,
                    message: "no workspace is made on a server that is read-only "
                        + "(\(setting))", server: place),
                while: "connecting",
                remedy: "name a similar server that is not read-only in `workspace.host`")
        }
    }

    /// Adds a notice, once for each server, that it is used instead of another, and why.
    private func note(_ place: ServerAddress, instead first: WorkspaceError) {
        let notice = Notice(
            code: "workspace-elsewhere",
            message: "\(place) is used for workspaces instead: \(first.fault)")
        if !notices.contains(notice) { notices.append(notice) }
    }

    /// Has every workspace dropped, while the caller goes on with other work.
    package func beginClosing() {
        for (_, thread) in threads.values { thread.beginClosing() }
        closing += threads.values.map(\.thread)
        threads = [:]
    }

    /// Waits until all workspaces that are being dropped are gone but one: each holds a session.
    func awaitAllButOne() {
        while closing.count > 1 { closing.removeFirst().close() }
    }

    /// Drops every workspace and waits for that.
    package func close() {
        beginClosing()
        for thread in closing { thread.close() }
        closing = []
    }

    /// The server that is named for workspaces, where it has the shard's profile. If it does not
    /// answer, that is an error: files must not run on a shard's server instead.
    private func choose(
        _ profile: ServerProfile, _ server: ServerAddress
    ) throws(WorkspaceError) -> [ServerAddress] {
        let others = servers.places(for: profile, first: server)
        guard let preferred else { return others }
        // The profile without the database's defaults, which the workspace is given. A server for
        // workspaces alone may have no other account.
        let answer = pool.using(preferred, purpose: .workspace) {
            connection throws(MySQLError) in
            try connection.profile(database: "information_schema")
        }
        var own: ServerProfile
        switch answer {
        case .success(let profile): own = profile
        case .failure(let error): throw WorkspaceError(error, while: "connecting")
        }
        // The mode in which files are read is set by the session, too.
        own = own.readingFiles(in: profile.fileMode)
        own.characterSet = profile.characterSet
        own.collation = profile.collation
        if own == profile { return [preferred] }
        let notice = Notice(
            code: "workspace-elsewhere",
            message: "\(preferred), which `workspace` names, has other settings or another "
                + "version: \(others.first ?? server) is used instead for shards like its own")
        if !notices.contains(notice) { notices.append(notice) }
        return others
    }
}
