import MySQLClient
import Schema

/// Finds the row that the new definition does not take.
struct RefusedRow {
    let session: CopySession
    private var job: CopyJob { session.job }

    /// The failure with the key of the row that it is about, where one can be found: then the
    /// change will never go on by itself.
    ///
    /// Costs about as many attempts as the number of rows has binary digits, each of which is
    /// rolled back.
    func explaining(_ failure: CopyFailure, where condition: String?) -> CopyFailure {
        guard case .server(let error) = failure, error.retry == .permanent,
            session.connection.isUsable
        else { return failure }
        guard let key = try? find(condition) else { return failure }
        let values = zip(job.key.names, key).map { "\($0) = \($1)" }.joined(separator: " AND ")
        return .stopped(
            "the row with \(values) does not fit into the new definition of \(job.table): "
                + error.message)
    }

    private func find(_ condition: String?) throws(CopyFailure) -> [String]? {
        let order = job.key.names.joined(separator: ", ")
        let rows = try session.query(
            "SELECT \(job.key.selection) FROM \(job.table)"
                + (condition.map { " WHERE \($0)" } ?? "") + " ORDER BY \(order)")
        var keys: [[String]] = []
        for row in rows { keys.append(try session.key(in: row)) }
        // The rows before `low` fit; those up to `high` do not all fit.
        var (low, high) = (0, keys.count)
        guard try !fits(keys[...]) else { return nil }
        while high - low > 1 {
            let middle = (low + high) / 2
            if try fits(keys[low..<middle]) { low = middle } else { high = middle }
        }
        return keys[low]
    }

    private func fits(_ keys: ArraySlice<[String]>) throws(CopyFailure) -> Bool {
        guard let first = keys.first, let last = keys.last else { return true }
        let condition =
            "(\(job.key.isBehind(first)) OR \(job.key.isOne(of: [first]))) AND "
            + job.key.isUpTo(last)
        try session.execute("START TRANSACTION")
        defer { try? session.execute("ROLLBACK") }
        do throws(CopyFailure) {
            try session.execute(job.insertion(where: condition))
            return true
        } catch {
            guard case .server(let failure) = error, failure.retry == .permanent else {
                throw error
            }
            return false
        }
    }
}
