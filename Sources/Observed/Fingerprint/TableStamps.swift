import MySQLClient
import Schema

/// The statistics rows of a server's databases, with InnoDB's table ids where needed.
struct TableStamps: Sendable {
    /// A row of `mysql.innodb_table_stats`.
    struct Row {
        let table: String
        /// Seconds between the row's last update and the query, by the server's clock.
        let age: Int64
        /// The time of the update, and the numbers of rows and pages.
        let stamp: [ArraySlice<UInt8>]
    }

    private var statistics = DatabaseRows(columns: 5)
    private var digests: [String: Digest] = [:]
    /// Tables and their ids, for databases in which two tables have equal stamps.
    private var tableIDs = DatabaseRows(columns: 2)
    private var ambiguous: Set<String> = []
    /// The server's clock, in seconds since 1970.
    private var now: Int64 = 0

    /// Nil where the server does not keep persistent statistics by default.
    ///
    /// - Parameter known: the last fingerprints of the databases, by name.
    init?(
        on connection: Connection, _ facts: ServerFacts, _ places: Set<String>,
        known: [String: ServerFingerprints.Fingerprint]
    ) throws(MySQLError) {
        var statistics = statistics
        var tableIDs = tableIDs
        var isPersistent = false
        var now: Int64 = 0
        var failure: MySQLError?
        // Where ids were needed the last time, they are read together with the rest.
        let asksTableIDs = known.values.contains { $0.tableIDs != nil }
        let questions =
            [FingerprintQuestions.settings, FingerprintQuestions.statistics(in: places.sorted())]
            + (asksTableIDs ? [FingerprintQuestions.tableIDs] : [])
        try connection.pipeline(questions) { index, answer in
            switch (index, answer) {
            case (2, let answer): Self.add(answer, to: &tableIDs, facts, places)
            case (_, .failure(let error)): failure = failure ?? error
            case (0, .success(let answer)):
                let row = answer.next()
                isPersistent = row?.text(0) == "1"
                now = row?.text(1).flatMap { Int64($0) } ?? 0
            case (_, .success(let answer)):
                statistics.add(answer, of: places, folded: facts.folded)
            }
        }
        if let failure { throw failure }
        guard isPersistent else { return nil }
        self.statistics = statistics
        self.now = now
        for place in places { digests[place] = statistics.digest(of: place) }
        ambiguous = places.filter { place in
            if let known = known[place], known.statistics == digests[place] {
                return known.tableIDs != nil
            }
            return Self.hasEqual(rows(of: place))
        }
        if !asksTableIDs, !ambiguous.isEmpty {
            let places = ambiguous
            try connection.pipeline([FingerprintQuestions.tableIDs]) { _, answer in
                Self.add(answer, to: &tableIDs, facts, places)
            }
        }
        self.tableIDs = tableIDs
    }

    func rows(of place: String) -> [Row] {
        statistics.rows(of: place).map { cells in
            Row(
                table: Self.text(cells[0]), age: now - (Int64(Self.text(cells[1])) ?? now),
                stamp: Array(cells[1...]))
        }
    }

    private static func text(_ cell: ArraySlice<UInt8>) -> String {
        String(decoding: cell, as: UTF8.self)
    }

    func statisticsDigest(of place: String) -> Digest {
        digests[place] ?? statistics.digest(of: place)
    }

    /// Nil where no ids are needed, or where they could not be read.
    func tableIDsDigest(of place: String) -> Digest? {
        guard ambiguous.contains(place), tableIDs.hasRows(of: place) else { return nil }
        return tableIDs.digest(of: place)
    }

    /// Whether ids are needed that could not be read.
    func lacksNumbers(of place: String) -> Bool {
        ambiguous.contains(place) && !tableIDs.hasRows(of: place)
    }

    /// Whether two tables have equal stamps: `RENAME TABLE` could swap them without a trace.
    private static func hasEqual(_ rows: [Row]) -> Bool {
        var owners: [[ArraySlice<UInt8>]: String] = [:]
        return !rows.allSatisfy { row in
            let table = PartitionName.table(of: row.table)
            return owners.updateValue(table, forKey: row.stamp).map { $0 == table } ?? true
        }
    }

    /// Adds nothing where the account may not read them. A database whose name is encoded in file
    /// names is not found; it is then read exactly.
    private static func add(
        _ answer: Result<RawRows, MySQLError>, to tableIDs: inout DatabaseRows,
        _ facts: ServerFacts, _ places: Set<String>
    ) {
        guard case .success(let rows) = answer else { return }
        tableIDs.add(rows, of: places, folded: facts.folded, nameEndsAt: UInt8(ascii: "/"))
    }
}
