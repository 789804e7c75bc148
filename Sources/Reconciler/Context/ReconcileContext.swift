import Basics
import Desired
import Execution
import Model
import MySQLClient
import Observed
import Reports
import Schema

/// What a process keeps between passes: connections, what was read and what was proved.
///
/// Replaced when the connection settings or the limits of the fleet file change.
package final class ReconcileContext: Sendable {
    package let pool: ConnectionPool
    package let catalog: ObjectCatalog
    package let observer: Observer
    package let cache: ProofCache
    package let answers = ProbeMemory()
    let formerTables = FormerTablesDue()
    package let memory = PassMemory()
    package let access: ServerAccess
    package let concurrency: Concurrency
    /// Called with what statements took.
    let measured: @Sendable (Measure) -> Void
    /// Bounds the operations of all rollouts that run statements.
    package let places: StatementPlaces
    /// How the work on the environment is shared with other processes.
    private let shared = Lock<WorkSharing?>(nil)
    private let mark = Lock(ReconcileContext.leastMark)
    /// Shards that could not be read, and operations that could not begin: a loop waits before it
    /// tries them again; a single command tries them at once.
    package let shardBackOff = BackOffs<ShardID>(firstSeconds: 5, longestSeconds: 600)
    package let operationBackOff = BackOffs<OperationTarget>(
        firstSeconds: 60, longestSeconds: 3600)
    private let forgiveness = Lock(Forgiveness())
    /// When somebody last asked that what failed be tried again.
    private let retried = Lock<String?>(nil)

    /// Throws where an account or a secret is missing that one of `purposes` needs.
    package init(
        access: ServerAccess, purposes: Set<ConnectionPool.Purpose>, concurrency: Concurrency,
        clock: any Clock, interrupt: Interrupt? = nil,
        measured: @escaping @Sendable (Measure) -> Void = { _ in }
    ) throws {
        try access.check(purposes)
        self.access = access
        self.concurrency = concurrency
        self.measured = measured
        places = StatementPlaces(concurrency)
        catalog = ObjectCatalog()
        cache = ProofCache(catalog: catalog)
        // Observation, the workspace and the workers share the limit of a server. Two connections
        // more than the workers use let a read proceed while every worker holds a shard's lock.
        pool = ConnectionPool(
            limitPerServer: concurrency.perHost + RolloutRunner.ahead + 2,
            interrupt: interrupt
        ) {
            (server, purpose) throws(MySQLError) in try access.settings(server, purpose)
        }
        observer = Observer(
            pool: pool, catalog: catalog, totalConcurrency: max(4, concurrency.total),
            perServer: 4, clock: clock)
    }

    /// The connections to one server, over all accounts, below which every command takes longer.
    package static func sessionsPerServer(_ concurrency: Concurrency) -> Int {
        max(4, concurrency.perHost + 2)
    }

    /// Whether it can still be used with these accounts and limits.
    package func fits(_ access: ServerAccess, _ concurrency: Concurrency) -> Bool {
        self.access.isLike(access) && self.concurrency == concurrency
    }

    /// The TLS options of connections that read a server, with those of an option file; nil where
    /// it has no account.
    package func tls(to server: ServerAddress) -> TLSOptions? {
        // What keeps it from being made is said where the server is connected to.
        try? access.settings(server, .read).withOptionFile(server: server).tls
    }

    /// Forgets what could not be read or begin where somebody asked for that since the last time;
    /// what failed is forgotten in the ledger.
    package func hear(_ retry: RetryRequest) {
        let isNew = retried.withLock { last in
            defer { last = retry.at }
            return last != retry.at
        }
        guard isNew else { return }
        forgetObstacles()
    }

    private func forgetObstacles() {
        shardBackOff.forgetAll()
        operationBackOff.forgetAll()
    }

    /// Shards and operations in back-off are tried as well, from now on. The records of failures
    /// stay until that came to something.
    package func forgetFailures() {
        forgetObstacles()
        forgiveness.withLock { $0.isAsked = true }
    }

    /// What is not to be waited for, as somebody woke the loop.
    private struct Forgiveness {
        /// Whether all that is recorded when it is looked at next is forgiven.
        var isAsked = false
        /// The records as they were then: what fails once more is another one.
        var records: [OperationKey: FailureRecord] = [:]
    }

    /// Goes on for a context that was woken and is replaced by this one.
    func forgive(like old: ReconcileContext) {
        let known = old.forgiveness.withLock { $0 }
        forgiveness.withLock { $0 = known }
    }

    /// The failures for which a loop waits: not those that were recorded when somebody woke it.
    func heeded(_ failures: [OperationKey: FailureRecord]) -> [OperationKey: FailureRecord] {
        forgiveness.withLock { forgiveness in
            if forgiveness.isAsked {
                forgiveness = Forgiveness(records: failures)
            } else if !forgiveness.records.isEmpty {
                forgiveness.records = forgiveness.records.filter { failures[$0.key] == $0.value }
            }
            guard !forgiveness.records.isEmpty else { return failures }
            return failures.filter { forgiveness.records[$0.key] != $0.value }
        }
    }

    /// Drops what the last pass did not use; to be called between two passes of a loop.
    ///
    /// What is forgotten is read again from servers and ledger, should it come back. So the whole
    /// is looked through only when it became twice as large as what was of use before.
    ///
    /// - Parameter shards: those of the pass; nil after one that ended before it was known.
    package func forgetUnused(shards: Set<ShardID>?, now: Timestamp) {
        pool.forgetUnused()
        shardBackOff.forgetAbandoned(now: now)
        operationBackOff.forgetAbandoned(now: now)
        let live = observer.keep(only: shards)
        let size = catalog.count + cache.count
        guard size > mark.withLock({ $0 }) else { return }
        catalog.keep(only: live.union(cache.forgetUnused()))
        let kept = catalog.count + cache.count
        mark.withLock { $0 = max(Self.leastMark, 2 * kept) }
    }

    private static let leastMark = 4_096

    /// How the work on the environment of `store` is shared with other processes.
    package func sharing(of store: LedgerStore) -> WorkSharing {
        shared.withLock { shared in
            if let shared, shared.isAbout(store.ledger, store.environment) { return shared }
            let new = WorkSharing(ledger: store.ledger, environment: store.environment)
            shared = new
            return new
        }
    }

    /// The databases of a server whose names are `LIKE` a pattern.
    package func discover(_ server: ServerAddress, like: String) throws -> [String] {
        try pool.withConnection(to: server, purpose: .read) { connection in
            try connection.query("SHOW DATABASES LIKE \(SQL.literal(like))").compactMap { $0[0] }
        }
    }
}
