import MySQLClient

extension CopySession {
    /// Takes the lock (`GET_LOCK`) of the copy, which it keeps until it ends: a statement of a
    /// process that died may still run, and nobody else is to work on the copy until it has ended.
    ///
    /// Throws `interrupted` where another session has it.
    package func takeLock() throws(CopyFailure) {
        let name = "plumb-copy:\(job.database).\(job.names.table)"
        let lock = try CopyFailure.of { () throws(MySQLError) in
            try AdvisoryLock.acquire(
                name: name, on: connection, waitSeconds: Self.lockSeconds)
        }
        guard lock != nil else {
            throw .interrupted("another session is at work on the copy of \(job.table)")
        }
    }

    private static let lockSeconds = 2
}
