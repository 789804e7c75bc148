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
        explaining(failure) { () throws(CopyFailure) in
            let order = job.key.names.joined(separator: ", ")
            let rows = try session.query(
                "SELECT \(job.key.selection) FROM \(job.table)"
                    + (condition.map { " WHERE \($0)" } ?? "") + " ORDER BY \(order)")
            var keys: [[String]] = []
            for row in rows { keys.append(try session.key(in: row)) }
            return try find(keys) { keys throws(CopyFailure) in
                guard let first = keys.first, let last = keys.last else { return }
                let condition =
                    "(\(job.key.isBehind(first)) OR \(job.key.isOne(of: [first]))) AND "
                    + job.key.isUpTo(last)
                try session.execute(job.insertion(where: condition))
            }
        }
    }

    /// The same for rows that changed, by their keys.
    func explaining(_ failure: CopyFailure, keys: [[String]]) -> CopyFailure {
        explaining(failure) { () throws(CopyFailure) in
            try find(keys) { keys throws(CopyFailure) in
                let wanted = job.key.isOne(of: Array(keys))
                try session.bring(wanted, where: wanted)
            }
        }
    }

    private func explaining(
        _ failure: CopyFailure, by search: () throws(CopyFailure) -> [String]?
    ) -> CopyFailure {
        guard case .server(let error) = failure, error.retry == .permanent,
            session.connection.isUsable
        else { return failure }
        guard let key = try? search() else { return failure }
        let which = job.wayBack == nil ? "new" : "former"
        return .stopped(
            "the row with \(job.key.words(for: key)) does not fit into the \(which) definition of "
                + "\(job.table): \(error.message)")
    }

    private func find(
        _ keys: [[String]], _ attempt: (ArraySlice<[String]>) throws(CopyFailure) -> Void
    ) throws(CopyFailure) -> [String]? {
        // The rows before `low` fit; those up to `high` do not all fit.
        var (low, high) = (0, keys.count)
        guard try !fits(keys[...], attempt) else { return nil }
        while high - low > 1 {
            let middle = (low + high) / 2
            if try fits(keys[low..<middle], attempt) { low = middle } else { high = middle }
        }
        return keys[low]
    }

    private func fits(
        _ keys: ArraySlice<[String]>, _ attempt: (ArraySlice<[String]>) throws(CopyFailure) -> Void
    ) throws(CopyFailure) -> Bool {
        guard !keys.isEmpty else { return true }
        do throws(CopyFailure) {
            try session.rollingBack { () throws(CopyFailure) in try attempt(keys) }
            return true
        } catch {
            guard case .server(let failure) = error, failure.retry == .permanent else {
                throw error
            }
            return false
        }
    }
}
