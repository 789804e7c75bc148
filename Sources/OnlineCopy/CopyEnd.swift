import MySQLClient
import Schema

/// Takes away what a copy has made, and nothing that is not provably its own.
package struct CopyEnd {
    let session: CopySession
    private var job: CopyJob { session.job }

    package init(_ session: CopySession) {
        self.session = session
    }

    /// Takes an unfinished copy away; the table is as it was.
    ///
    /// Does nothing where there is none. Throws `stopped` where the copy took the table's place
    /// already, or is one for another change.
    package func abandon() throws(CopyFailure) {
        guard let (_, progress) = try CopyRecord(session).read() else { return }
        switch progress.phase {
        case .copying, .indexing, .following: break
        case .swapped, .reverted, .leaving:
            throw .stopped("the copy of \(job.table) is in its place already")
        }
        try drop(job.names.shadow)
        try Sentry(session: session).remove()
        try drop(job.names.progress)
    }

    /// Takes away the former table, once the copy is in its place, or the copy, once the former
    /// table is in its place again.
    ///
    /// From its beginning on there is no way back. After the end of the process it goes on with
    /// what is left. Throws `stopped` where what has the name is another table than was left.
    package func cleanUp() throws(CopyFailure) {
        guard var (mark, progress) = try CopyRecord(session).read() else { return }
        let (name, left): (String, Table)
        switch progress.phase {
        case .copying, .indexing, .following:
            throw .stopped("the copy of \(job.table) is not in its place")
        case .swapped: (name, left) = (job.names.former, job.from)
        case .reverted: (name, left) = (job.names.shadow, job.to)
        case .leaving:
            // Of the two there is at most one: the other is the table.
            let isBack = try session.hasTable(job.names.shadow)
            (name, left) = isBack ? (job.names.shadow, job.to) : (job.names.former, job.from)
        }
        if try session.hasTable(name) {
            guard try Definition.isThere(left, as: name, on: session) else {
                throw .stopped(
                    "the table \(SQL.identifier(name)) is another one than the copy of \(job.table) "
                        + "left: rename it, or drop it")
            }
            progress.phase = .leaving
            mark += 1
            try ProgressTable(session: session).write(progress, mark: mark)
            try drop(name)
        }
        try drop(job.names.progress)
    }

    /// Leaves the former table where it is, for so many seconds from now.
    package func keep(seconds: Int) throws(CopyFailure) {
        guard var (mark, progress) = try CopyRecord(session).read(), progress.phase == .swapped,
            progress.keptUntil == nil
        else { return }
        let now = try session.query("SELECT UNIX_TIMESTAMP()").first?[0].flatMap { Int($0) }
        progress.keptUntil = (now ?? 0) + seconds
        mark += 1
        try ProgressTable(session: session).write(progress, mark: mark)
    }

    private func drop(_ name: String) throws(CopyFailure) {
        try session.execute("DROP TABLE IF EXISTS \(SQL.identifier(name))")
    }
}
