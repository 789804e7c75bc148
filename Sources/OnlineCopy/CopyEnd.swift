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
        guard let progress = try own() else { return }
        guard progress.phase != .swapped else {
            throw .stopped("the copy of \(job.table) is in its place already")
        }
        try drop(job.names.shadow)
        try drop(job.names.progress)
    }

    /// Takes away the former table, once the copy is in its place.
    package func cleanUp() throws(CopyFailure) {
        guard let progress = try own() else { return }
        guard progress.phase == .swapped else {
            throw .stopped("the copy of \(job.table) is not in its place")
        }
        try drop(job.names.former)
        try drop(job.names.progress)
    }

    /// The progress of a copy for this change; nil where there is none.
    private func own() throws(CopyFailure) -> CopyProgress? {
        guard let (_, progress) = try ProgressTable(session: session).read() else { return nil }
        guard progress.fingerprint == CopyStart.fingerprint(of: job) else {
            throw .stopped("a copy of \(job.table) for another change is there")
        }
        return progress
    }

    private func drop(_ name: String) throws(CopyFailure) {
        try session.execute("DROP TABLE IF EXISTS \(SQL.identifier(name))")
    }
}
