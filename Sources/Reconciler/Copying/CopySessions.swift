import Desired
import MySQLClient
import OnlineCopy
import Schema

/// Opens the sessions in which the copy of an operation is made, or goes on.
///
/// A rollback goes the way back where the former table is still there: it gets what was written
/// since the cutover, and takes its place again, with the values of columns that the change had
/// taken away. Where that cannot be, a copy is made as for any other change.
struct CopySessions {
    private let site: ShardSite
    private let job: CopyJob
    /// What a rollback takes back; nil for other changes.
    private let takenBack: CopyJob?
    private let policy: OnlinePolicy

    init(_ job: EngineJob, _ site: ShardSite, _ policy: OnlinePolicy) throws(ShardFailure) {
        self.site = site
        self.policy = policy
        self.job = try CopyPlan.job(job, at: site)
        takenBack = try CopyPlan.takenBack(job, at: site)
    }

    func open() throws(CopyFailure) -> TableCopy {
        let connection = try connect()
        do throws(CopyFailure) {
            return try open(on: connection)
        } catch {
            connection.close()
            throw error
        }
    }

    private func open(on connection: Connection) throws(CopyFailure) -> TableCopy {
        if let former = try former(on: connection), former.progress.fingerprint != job.fingerprint {
            if let way = try wayBack(from: former, on: connection) { return way }
            try CopyFailure.of { () throws(MySQLError) in
                try former.removeFormer(from: site.target.database, on: connection)
            }
        }
        let start = CopyStart(try CopySession(connection, job))
        if try !start.isBegun() { try requireSpace(on: connection) }
        return try start.open { work, place throws(CopyFailure) in
            try feed(work, place, connection)
        }
    }

    /// Throws where the server says that its disk has no room for a copy.
    private func requireSpace(on connection: Connection) throws(CopyFailure) {
        let space = try CopyFailure.of { () throws(MySQLError) in
            try CopySpace.read(
                database: site.target.database, table: job.names.table, on: connection)
        }
        guard let refusal = space.refusal(keeping: Int(clamping: policy.minFreeBytes)) else {
            return
        }
        throw .stopped(refusal)
    }

    /// A session that builds indexes, with a lock of its own: a dead process's statement may still
    /// be at that.
    func further() throws(MySQLError) -> Connection {
        let connection = try site.connect()
        let name = "plumb-copy-indexes:\(site.target.database).\(job.names.table)"
        guard try AdvisoryLock.acquire(name: name, on: connection, waitSeconds: 2) != nil else {
            connection.close()
            throw MySQLError(
                kind: .other,
                message: "another session still builds the indexes of the copy of "
                    + job.names.table, server: site.target.server, retry: .retryable)
        }
        return connection
    }

    /// Says when the copy has to wait for others.
    func brake() -> BrakeWatcher {
        let limits = BrakeLimits(
            maxLagSeconds: policy.replicas.isEmpty ? nil : Double(policy.maxLagSeconds),
            maxThreadsRunning: policy.maxThreadsRunning,
            maxCommitSeconds: Double(policy.maxCommitMilliseconds) / 1_000,
            minFreeBytes: Int(clamping: policy.minFreeBytes))
        let table = [site.target.database, job.names.progress].map(SQL.identifier)
        return BrakeWatcher(
            site.target.server, replicas: .named(policy.replicas),
            table: table.joined(separator: "."), limits: { limits }
        ) { [site] server throws(MySQLError) in try site.connect(to: server) }
    }

    /// The former table on its way back; nil where the change is no rollback of it, or what was
    /// written since is not known any more.
    private func wayBack(
        from former: CopyLeftover, on connection: Connection
    ) throws(CopyFailure) -> TableCopy? {
        guard let takenBack, former.progress.phase == .swapped,
            former.progress.fingerprint == takenBack.fingerprint
        else { return nil }
        do throws(CopyFailure) {
            return try CopyStart.wayBack(connection, of: takenBack) {
                work, place throws(CopyFailure) in try feed(work, place, connection)
            }
        } catch .stopped, .moved {
            return nil
        }
    }

    /// Runs `body` in a session of its own.
    ///
    /// - Parameter body: gets whether the copy is the way back of another change.
    func end(_ body: (CopyEnd, Bool) throws(CopyFailure) -> Void) throws(CopyFailure) {
        let connection = try connect()
        defer { connection.close() }
        let former = try former(on: connection)
        let way = former?.progress.fingerprint == takenBack?.fingerprint ? takenBack : nil
        try body(CopyEnd(CopySession(connection, way ?? job)), way != nil)
    }

    private func former(on connection: Connection) throws(CopyFailure) -> CopyLeftover? {
        let found = try CopyFailure.of { () throws(MySQLError) in
            try CopyLeftover.find(job.names, in: site.target.database, on: connection)
        }
        return found.flatMap { $0.hasSwapped ? $0 : nil }
    }

    private func connect() throws(CopyFailure) -> Connection {
        let connection = try CopyFailure.of { () throws(MySQLError) in try site.connect() }
        do throws(CopyFailure) {
            try CopyLock.take(
                of: job.names.table, in: site.target.database, on: connection)
            return connection
        } catch {
            connection.close()
            throw error
        }
    }

    private func feed(
        _ work: CopyJob, _ place: LogPlace, _ connection: Connection
    ) throws(CopyFailure) -> BinlogFeed {
        let settings = try CopyFailure.of { () throws(MySQLError) in try site.settings() }
        return try BinlogFeed(
            work, from: place, server: site.target.server, settings: settings,
            asking: connection)
    }
}
