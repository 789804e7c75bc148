import Foundation
import Model
import MySQLClient
import Observed
import Reports
import Schema

/// Where a pass finds workspaces: scratch databases on servers like the shards'.
///
/// One is opened when it is first needed and kept for the rest of the pass: making and dropping
/// databases costs a server more than what is done in them.
package final class WorkspacePool {
    private let pool: ConnectionPool
    private let catalog: ObjectCatalog
    private let preferred: ServerAddress?
    private let prefix: String
    private let permissions: StatementText.Permissions
    private let servers: WorkspaceServers
    private var threads: [ServerProfile: (place: ServerAddress, thread: WorkspaceThread)] = [:]
    private var swept: Set<ServerAddress> = []
    /// Servers that could not do it in this pass, and why.
    private var useless: [ServerAddress: WorkspaceError] = [:]
    /// What is to be said of where workspaces are.
    package private(set) var notices: [Notice] = []

    /// - Parameters:
    ///   - preferred: the server that the fleet file names; it is used for the profiles that it
    ///     has, and for the others a server of theirs.
    ///   - servers: the other servers that could do it.
    ///   - permissions: what the operator lets files say.
    package init(
        pool: ConnectionPool, catalog: ObjectCatalog, preferred: ServerAddress?, prefix: String,
        servers: WorkspaceServers = WorkspaceServers(),
        allowing permissions: StatementText.Permissions = StatementText.Permissions()
    ) {
        self.pool = pool
        self.catalog = catalog
        self.preferred = preferred
        self.prefix = prefix
        self.servers = servers
        self.permissions = permissions
    }

    deinit {
        close()
    }

    /// Runs `body` with a workspace on a server of `profile`; `server` is one that has it.
    ///
    /// Where that server is full, read-only, away or lets nobody in, another one like it does the
    /// work, from the beginning.
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
            // What a dead run left is dropped first; what is in use stays.
            _ = try? Workspace.sweep(on: place, pool: pool, prefix: prefix)
        }
        let thread = WorkspaceThread {
            [pool, catalog, prefix, permissions] work throws(WorkspaceError) in
            try Workspace.use(
                on: place, pool: pool, catalog: catalog, profile: profile, prefix: prefix,
                allowing: permissions
            ) { (workspace) throws(WorkspaceError) in work(workspace) }
        }
        threads[profile] = (place, thread)
        return thread
    }

    /// A replica is left as it is, although an account may write to it: nothing is made there, and
    /// nothing dropped.
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
                remedy: "name a server like it that takes changes in `workspace.host`")
        }
    }

    /// Says once that another server does the work, and why.
    private func note(_ place: ServerAddress, instead first: WorkspaceError) {
        let notice = Notice(
            code: "workspace-elsewhere",
            message: "\(place) does the workspace's work: \(first.fault)")
        if !notices.contains(notice) { notices.append(notice) }
    }

    /// Drops every workspace, and waits until that is done.
    package func close() {
        for (_, thread) in threads.values { thread.close() }
        threads = [:]
    }

    /// The server that is named for workspaces, where it is like the shard's. One that does not
    /// answer is an error: what files say is not to run on a shard's server instead.
    private func choose(
        _ profile: ServerProfile, _ server: ServerAddress
    ) throws(WorkspaceError) -> [ServerAddress] {
        let others = servers.places(for: profile, first: server)
        guard let preferred else { return others }
        // The database's own defaults are given to the workspace; the server's must be equal.
        // A server for workspaces alone may know no other account than theirs.
        let answer = pool.using(preferred, purpose: .workspace) {
            connection throws(MySQLError) in
            try connection.profile(database: "information_schema")
        }
        var own: ServerProfile
        switch answer {
        case .success(let profile): own = profile
        case .failure(let error): throw WorkspaceError(error, while: "connecting")
        }
        // So is the mode in which files are read.
        own = own.readingFiles(in: profile.fileMode)
        own.characterSet = profile.characterSet
        own.collation = profile.collation
        if own == profile { return [preferred] }
        let notice = Notice(
            code: "workspace-elsewhere",
            message: "\(preferred), which `workspace` names, is set up differently or of another "
                + "version: \(others.first ?? server) does the work for its like")
        if !notices.contains(notice) { notices.append(notice) }
        return others
    }
}
