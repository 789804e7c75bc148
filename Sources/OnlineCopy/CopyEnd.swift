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
        guard let (_, progress) = try own() else { return }
        guard progress.phase != .swapped else {
            throw .stopped("the copy of \(job.table) is in its place already")
        }
        try drop(job.names.shadow)
        try drop(job.names.progress)
    }

    /// Takes away the former table, once the copy is in its place.
    package func cleanUp() throws(CopyFailure) {
        guard try swapped() != nil else { return }
        try drop(job.names.former)
        try drop(job.names.progress)
    }

    /// Leaves the former table where it is, for so many seconds from now.
    package func keep(seconds: Int) throws(CopyFailure) {
        guard let (mark, found) = try swapped() else { return }
        guard found.keptUntil == nil else { return }
        var progress = found
        let now = try session.query("SELECT UNIX_TIMESTAMP()").first?[0].flatMap { Int($0) }
        progress.keptUntil = (now ?? 0) + seconds
        try ProgressTable(session: session).write(progress, mark: mark + 1)
    }

    /// The progress of a copy that is in its place, also where its process died before that was
    /// recorded; nil where there is none.
    private func swapped() throws(CopyFailure) -> (UInt64, CopyProgress)? {
        guard let (mark, found) = try own() else { return nil }
        var progress = found
        if progress.phase != .swapped {
            guard try !isThere(job.names.shadow), try isThere(job.names.former) else {
                throw .stopped("the copy of \(job.table) is not in its place")
            }
            progress.phase = .swapped
        }
        return (mark, progress)
    }

    /// The progress of a copy for this change; nil where there is none.
    private func own() throws(CopyFailure) -> (UInt64, CopyProgress)? {
        guard let (mark, progress) = try ProgressTable(session: session).read() else { return nil }
        guard progress.fingerprint == CopyStart.fingerprint(of: job) else {
            throw .stopped("a copy of \(job.table) for another change is there")
        }
        return (mark, progress)
    }

    private func isThere(_ name: String) throws(CopyFailure) -> Bool {
        try !session.query(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = "
                + "\(SQL.literal(job.database)) AND table_name = \(SQL.literal(name))"
        ).isEmpty
    }

    private func drop(_ name: String) throws(CopyFailure) {
        try session.execute("DROP TABLE IF EXISTS \(SQL.identifier(name))")
    }
}
