import MySQLClient

/// Comparing the table with its copy while it is written.
extension TableCopy {
    /// The rows of one range.
    private static let range = 20_000

    /// Compares the next range; differences for which there is no reason are mended and counted.
    ///
    /// - Returns: false once all rows were compared.
    func compareRange() throws(CopyFailure) -> Bool {
        let comparison = Comparison(session: session.comparing)
        if compared == nil { try comparison.prepare() }
        let finding = try comparison.range(behind: compared?.end, rows: Self.range)
        let different = try unexplained(finding.different, comparison)
        let rows = (compared?.rows ?? 0) + finding.rows
        let faults = (compared?.faults ?? 0) + different.count
        if !different.isEmpty { try mend(different) }
        guard let end = finding.end else {
            compared = nil
            if faults == 0 { try write { next throws(CopyFailure) in next.isCompared = true } }
            return false
        }
        compared = ComparedRows(end: end, rows: rows, faults: faults)
        return true
    }

    /// Those of the rows that differ although no change of them is under way.
    ///
    /// What changes all the time is looked at again as often; nothing is said of a row before it
    /// was looked at in a moment in which it did not change.
    private func unexplained(
        _ keys: [[String]], _ comparison: Comparison
    ) throws(CopyFailure) -> [[String]] {
        var open = keys
        var found: [[String]] = []
        while !open.isEmpty {
            try settle()
            let batch = Array(open.prefix(500))
            let different = Set(try comparison.rows(batch).different)
            try hear(upTo: writingMark())
            let changed = pending.keys
            found += batch.filter { different.contains($0) && !changed.contains($0) }
            let again = batch.filter { different.contains($0) && changed.contains($0) }
            open = again + open.dropFirst(batch.count)
        }
        return found
    }

    /// Brings over everything that the log had until now.
    func settle() throws(CopyFailure) {
        try hear(upTo: writingMark())
        while try follow() > 0 {}
    }

    private func mend(_ keys: [[String]]) throws(CopyFailure) {
        pending.add(keys)
        try settle()
        try write { next throws(CopyFailure) in next.repaired += keys.count }
        guard job.wayBack != nil else { return }
        // The way back may round a value, and would do so each time.
        let rest = try unexplained(keys, Comparison(session: session.comparing))
        guard let key = rest.first else { return }
        throw .stopped(
            "the row with \(job.key.words(for: key)) does not keep its values in the former "
                + "definition of \(job.table)")
    }
}

/// How far a comparison is.
struct ComparedRows {
    var end: [String]
    var rows: Int
    /// Rows that differed for no reason.
    var faults: Int
}
