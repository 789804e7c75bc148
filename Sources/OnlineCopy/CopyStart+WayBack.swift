import Basics
import MySQLClient

extension CopyStart {
    /// Finds the way back from a copy that took its table's place.
    ///
    /// The former table follows the one in its place as a copy follows its table, by the keys that
    /// the log tells, and ``Cutover`` lets both change places again. Columns that the change took
    /// away keep their values in rows that the former table had; rows that came later get their
    /// defaults. A row that the former definition does not take stops the following, and nothing
    /// else.
    ///
    /// - Parameters:
    ///   - connection: a session that is used for nothing else.
    ///   - job: the change as it was carried out.
    /// - Returns: the former table, following from where it last was.
    ///
    /// Throws `stopped` where the copy is not in its place, or not any more.
    package static func wayBack(
        _ connection: Connection, of job: CopyJob,
        feed: (CopyJob, LogPlace) throws(CopyFailure) -> any ChangeFeed
    ) throws(CopyFailure) -> TableCopy {
        let session = try CopySession(connection, try job.reversed())
        let job = session.job
        guard let (mark, progress) = try CopyRecord(session).read() else {
            throw .stopped("there is no way back: no copy of \(job.table) is there")
        }
        switch progress.phase {
        case .swapped: break
        case .copying, .indexing, .following:
            throw .stopped("there is no way back yet: the copy of \(job.table) is not in its place")
        case .reverted: throw .stopped("\(job.table) is the former table again")
        case .leaving:
            throw .stopped("there is no way back: the former \(job.table) is being dropped")
        }
        guard try session.hasTable(job.names.shadow) else {
            throw .moved("there is no way back: somebody dropped the table \(job.shadow)")
        }
        if let wayBack = job.wayBack {
            try ReturningRows(session: session, wayBack: wayBack).prepare()
        }
        return TableCopy(
            session, progress: progress, mark: mark, feed: try feed(job, progress.place))
    }
}

extension TableCopy {
    /// Has all rows compared again before it is ready: before the former table takes its place
    /// again.
    package func compareAgain() throws(CopyFailure) {
        compared = nil
        try write { next throws(CopyFailure) in next.isCompared = false }
    }
}
