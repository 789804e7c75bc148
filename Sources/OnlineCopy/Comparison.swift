import Foundation
import MySQLClient
import Schema

/// Compares the table with its copy, without a lock.
///
/// Each range of rows is compared by checksums of every column. Where these differ, the rows are
/// compared one by one; whether a row that differs may differ, since it changed between the two
/// readings or a change of it is still to be brought over, is for the caller to find out.
///
/// Where values became others, those of the table are first made what they become, by the server,
/// in a temporary table. Costs about one reading of both.
struct Comparison {
    let session: CopySession
    private var job: CopyJob { session.job }

    /// What was found in one range.
    struct Finding {
        /// The key of its last row; nil behind the last one.
        var end: [String]?
        var rows = 0
        /// Keys of rows that are in one of both only, or differ.
        var different: [[String]] = []
    }

    private var converts: Bool { job.columns.contains { !$0.keepsBytes } }
    private static let converted = "`__plumb_converted`"

    /// Compares the next range behind `start`.
    func range(behind start: [String]?, rows limit: Int) throws(CopyFailure) -> Finding {
        var finding = Finding()
        let range = try session.range(behind: start, rows: limit)
        finding.end = range.end
        try compare(range.condition ?? "TRUE", into: &finding)
        return finding
    }

    /// Compares the rows with these keys.
    func rows(_ keys: [[String]]) throws(CopyFailure) -> Finding {
        var finding = Finding()
        try compare(job.key.isOne(of: keys), into: &finding)
        return finding
    }

    /// Makes the table in which values are converted; the session keeps it.
    func prepare() throws(CopyFailure) {
        guard converts else { return }
        try session.makeScratch(
            job.to.scratch(named: "__plumb_converted", key: job.key))
    }

    private func compare(
        _ condition: String, into finding: inout Finding
    ) throws(CopyFailure) {
        var source = job.table
        if converts {
            try session.execute("DELETE FROM \(Self.converted)")
            try session.execute(job.insertion(into: Self.converted, where: condition))
            source = Self.converted
        }
        let sides = [
            (source, columns(renamed: converts)), (job.shadow, columns(renamed: true)),
        ]
        var sums: [[String?]] = []
        for (name, columns) in sides {
            let row = try session.query(
                "SELECT COUNT(*), SUM(\(Self.sum(of: columns))) FROM \(name) WHERE \(condition)"
            ).first
            sums.append((0..<2).map { row?[$0] })
        }
        finding.rows += sums[0][0].flatMap { Int($0) } ?? 0
        guard sums[0] != sums[1] else { return }
        var rows: [[String]: String] = [:]
        for (name, columns) in sides {
            let found = try session.query(
                "SELECT \(job.key.selection), \(Self.sum(of: columns)) FROM \(name) "
                    + "WHERE \(condition)")
            for row in found {
                let key = try session.key(in: row)
                let sum = row[job.key.columns.count] ?? ""
                // What is alike in both is no difference.
                if rows[key] == sum { rows[key] = nil } else { rows[key] = rows[key] ?? sum }
            }
        }
        finding.different += rows.keys
    }

    /// The columns that are compared.
    private func columns(renamed: Bool) -> [Column] {
        job.columns.map { renamed ? $0.new : $0.old }
    }

    /// A checksum of one row: one of each column, so that nothing moves between two of them
    /// unseen, and whether it is NULL.
    ///
    /// The sum of these over a range tells what their exclusive or would not: the same change of
    /// two rows. A text's bytes are read as they are stored, in its own character set.
    private static func sum(of columns: [Column]) -> String {
        let parts = columns.map { column in
            let name = SQL.identifier(column.name)
            return column.isNotNull ? "CRC32(\(name))" : "COALESCE(CRC32(\(name)), 'x')"
        }
        return "CRC32(CONCAT_WS(',', \(parts.joined(separator: ", "))))"
    }
}
