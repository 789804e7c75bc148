import Execution
import Foundation
import MySQLClient
import Observed
import Schema

/// Where a pass finds workspaces: scratch databases on servers like the shards'.
///
/// One is opened when it is first needed and kept for the rest of the pass: making and dropping
/// databases costs a server more than what is done in them.
package final class Workshop {
    private let pool: ConnectionPool
    private let catalog: TableCatalog
    private let preferred: ServerAddress?
    private let prefix: String
    private let permissions: StatementText.Permissions
    private let servers: WorkspaceServers
    private var benches: [ServerProfile: (place: ServerAddress, bench: Bench)] = [:]
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
        pool: ConnectionPool, catalog: TableCatalog, preferred: ServerAddress?, prefix: String,
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
        if let (place, bench) = benches[profile] {
            do throws(WorkspaceError) {
                return try bench.run(body)
            } catch {
                guard error.isForAnother else { throw error }
                useless[place] = error
                benches.removeValue(forKey: profile)?.bench.close()
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
                benches.removeValue(forKey: profile)?.bench.close()
                first = first ?? error
            }
        }
        throw first ?? WorkspaceError.closed
    }

    private func open(
        on place: ServerAddress, _ profile: ServerProfile
    ) throws(WorkspaceError) -> Bench {
        try checkTakesChanges(place)
        if swept.insert(place).inserted {
            // What a dead run left is dropped first; what is in use stays. What cannot be dropped
            // is in nobody's way: `plumb doctor` names it, and the next pass tries again.
            _ = try? Workspace.sweep(on: place, pool: pool, prefix: prefix)
        }
        let bench = Bench { [pool, catalog, prefix, permissions] work throws(WorkspaceError) in
            try Workspace.use(
                on: place, pool: pool, catalog: catalog, profile: profile, prefix: prefix,
                allowing: permissions
            ) { (workspace) throws(WorkspaceError) in work(workspace) }
        }
        benches[profile] = (place, bench)
        return bench
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
        for (_, bench) in benches.values { bench.close() }
        benches = [:]
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

/// A thread that keeps one workspace open and does what it is handed, one thing after the other.
///
/// A workspace lives inside a call: the thread stays in that call until the bench is closed.
private final class Bench: @unchecked Sendable {
    private let condition = NSCondition()
    private var job: ((Workspace) -> Void)?
    private var isClosing = false
    private var hasEnded = false
    /// Why the workspace could not be opened or dropped.
    private var failure: WorkspaceError?

    /// - Parameter open: opens the workspace, calls its argument once, and drops the workspace.
    init(
        open: @escaping @Sendable ((Workspace) -> Void) throws(WorkspaceError) -> Void
    ) {
        let thread = Thread { [self] in
            var problem: WorkspaceError?
            do throws(WorkspaceError) {
                try open(serve)
            } catch {
                problem = error
            }
            condition.lock()
            failure = problem
            hasEnded = true
            condition.broadcast()
            condition.unlock()
        }
        thread.name = "plumb-workspace"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Runs `body` on the bench's thread and waits for it.
    func run<Value>(
        _ body: (Workspace) throws(WorkspaceError) -> Value
    ) throws(WorkspaceError) -> Value {
        var result: Result<Value, WorkspaceError>?
        withoutActuallyEscaping(body) { body in
            hand { workspace in
                result = Result { () throws(WorkspaceError) in try body(workspace) }
            }
        }
        if let result { return try result.get() }
        condition.lock()
        defer { condition.unlock() }
        throw failure ?? WorkspaceError.closed
    }

    /// Ends the thread, which drops the workspace.
    func close() {
        condition.lock()
        isClosing = true
        condition.broadcast()
        while !hasEnded { condition.wait() }
        condition.unlock()
    }

    /// Returns once the job is done, or the thread has ended without doing it.
    private func hand(_ work: @escaping (Workspace) -> Void) {
        condition.lock()
        defer { condition.unlock() }
        job = work
        condition.broadcast()
        while job != nil && !hasEnded { condition.wait() }
        job = nil
    }

    private func serve(_ workspace: Workspace) {
        condition.lock()
        defer { condition.unlock() }
        while !isClosing {
            guard let work = job else {
                condition.wait()
                continue
            }
            condition.unlock()
            work(workspace)
            condition.lock()
            job = nil
            condition.broadcast()
        }
    }
}
