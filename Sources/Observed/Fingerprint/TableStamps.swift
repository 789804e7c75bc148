import MySQLClient
import Schema

/// The statistics rows of a server's databases, with InnoDB's numbers where these are needed.
struct TableStamps: Sendable {
    /// A row of `mysql.innodb_table_stats`.
    struct Row {
        let table: String
        /// Seconds before the question, by the server's clock.
        let age: Int64
        /// The time of the stamp, rows and pages: what changes with the row.
        let stamp: [ArraySlice<UInt8>]
    }

    private var statistics = DatabaseRows(columns: 5)
    private var digests: [String: Digest] = [:]
    /// Tables and their numbers, for databases in which tables have equal stamps.
    private var numbers = DatabaseRows(columns: 2)
    private var ambiguous: Set<String> = []
    /// The server's clock, in seconds since 1970.
    private var now: Int64 = 0

    /// Nil where the server keeps no statistics by default.
    ///
    /// - Parameter known: the fingerprints that the databases had the last time, by place.
    init?(
        on connection: Connection, _ facts: ServerFacts, _ places: Set<String>,
        known: [String: ServerFingerprints.Fingerprint]
    ) throws(MySQLError) {
        var statistics = statistics
        var numbers = numbers
        var isPersistent = false
        var now: Int64 = 0
        var failure: MySQLError?
        // Where numbers were needed the last time, they are asked for without a pause.
        let asksNumbers = known.values.contains { $0.numbers != nil }
        let questions =
            [FingerprintQuestions.settings, FingerprintQuestions.statistics(in: places.sorted())]
            + (asksNumbers ? [FingerprintQuestions.numbers] : [])
        try connection.pipeline(questions) { index, answer in
            switch (index, answer) {
            case (2, let answer): Self.add(answer, to: &numbers, facts, places)
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
                return known.numbers != nil
            }
            return Self.hasEqual(rows(of: place))
        }
        if !asksNumbers, !ambiguous.isEmpty {
            let places = ambiguous
            try connection.pipeline([FingerprintQuestions.numbers]) { _, answer in
                Self.add(answer, to: &numbers, facts, places)
            }
        }
        self.numbers = numbers
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

    /// Nil where no numbers are needed, or where none can be had.
    func numbersDigest(of place: String) -> Digest? {
        guard ambiguous.contains(place), numbers.hasRows(of: place) else { return nil }
        return numbers.digest(of: place)
    }

    /// Whether the numbers that are needed are missing.
    func lacksNumbers(of place: String) -> Bool {
        ambiguous.contains(place) && !numbers.hasRows(of: place)
    }

    /// Two tables with equal stamps could be swapped by `RENAME TABLE` without a trace.
    private static func hasEqual(_ rows: [Row]) -> Bool {
        var owners: [[ArraySlice<UInt8>]: String] = [:]
        return !rows.allSatisfy { row in
            let table = PartitionName.table(of: row.table)
            return owners.updateValue(table, forKey: row.stamp).map { $0 == table } ?? true
        }
    }

    /// Adds nothing where the account may not see them. A name that is no file name as it stands
    /// is not found; its database is then read exactly.
    private static func add(
        _ answer: Result<RawRows, MySQLError>, to numbers: inout DatabaseRows,
        _ facts: ServerFacts, _ places: Set<String>
    ) {
        guard case .success(let rows) = answer else { return }
        numbers.add(rows, of: places, folded: facts.folded, nameEndsAt: UInt8(ascii: "/"))
    }
}
