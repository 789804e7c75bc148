import Execution
import MySQLClient
import Schema

/// What moves when a shard's schema moves, read for a whole server at once.
///
/// On MariaDB every DDL statement on an InnoDB table with persistent statistics stamps the
/// table's row in `mysql.innodb_table_stats`; so do changes of the data now and then. Equal
/// fingerprints therefore mean an equal schema, different ones mean: read it again.
struct ServerFingerprints: Sendable {
    /// A shard's part of them.
    struct Fingerprint: Hashable, Sendable {
        /// Over the names of all tables and views.
        var names: Digest
        /// Over the statistics rows of the database.
        var statistics: Digest
        /// Over InnoDB's numbers of the tables, where the statistics alone could hide a swap.
        var numbers: Digest?
        /// The profile's digest: the database's character set, the server's version, …
        var profile: Digest
    }

    private let survey: ServerSurvey
    private let names: [String: [String]]
    private let stamps: Stamps

    /// Nil where this server, or this account, offers no fingerprints.
    ///
    /// Names and stamps are read at the same time over two connections. What moves in between
    /// differs from what either has seen before, or from what it will see the next time.
    static func read(
        from server: ServerAddress, pool: ConnectionPool, survey: ServerSurvey,
        databases: [String]
    ) throws(MySQLError) -> ServerFingerprints? {
        // MySQL does not promise to stamp the row at an INSTANT change.
        guard survey.profile.flavour == .mariadb else { return nil }
        let places = Set(databases.map(survey.folded))
        let answers = Workers.map(Part.allCases, total: 2, perKey: 2, key: { _ in server }) {
            part in
            pool.using(server) { connection throws(MySQLError) in
                switch part {
                case .names: Answer.names(try readNames(on: connection, survey, places))
                case .stamps: Answer.stamps(try Stamps(on: connection, survey, places))
                }
            }
        }
        var names: [String: [String]] = [:]
        var stamps: Stamps?
        for answer in answers {
            switch answer {
            case .success(.names(let found)): names = found
            case .success(.stamps(let found)): stamps = found
            case .failure(let error):
                switch error.kind {
                case .unreachable, .lostConnection: throw error
                default: return nil
                }
            }
        }
        return stamps.map { ServerFingerprints(survey: survey, names: names, stamps: $0) }
    }

    private enum Part: CaseIterable {
        case names, stamps
    }

    private enum Answer: Sendable {
        case names([String: [String]])
        /// Nil where the server keeps no statistics.
        case stamps(Stamps?)
    }

    private init(survey: ServerSurvey, names: [String: [String]], stamps: Stamps) {
        self.survey = survey
        self.names = names
        self.stamps = stamps
    }

    private static func readNames(
        on connection: Connection, _ survey: ServerSurvey, _ places: Set<String>
    ) throws(MySQLError) -> [String: [String]] {
        var names: [String: [String]] = [:]
        var finder = PlaceFinder(survey, places)
        var failure: MySQLError?
        try connection.pipeline([FingerprintQuestions.names(in: places.sorted())]) { _, answer in
            switch answer {
            case .failure(let error): failure = error
            case .success(let answer):
                while let row = answer.next() {
                    guard let place = finder.place(of: row) else { continue }
                    names[place, default: []].append(row.text(1) ?? "")
                }
            }
        }
        if let failure { throw failure }
        return names
    }

    /// The fingerprint of a database; nil when the account cannot see it.
    func fingerprint(of database: String) -> Fingerprint? {
        guard let profile = survey.profileDigest(of: database) else { return nil }
        let place = survey.folded(database)
        return Fingerprint(
            names: Self.digest(of: names[place, default: []]),
            statistics: Self.digest(of: stamps.rows[place, default: []].map(\.line)),
            numbers: stamps.numbers[place].map(Self.digest), profile: profile)
    }

    /// Whether equal fingerprints from now on prove that the tables `tables` did not change.
    ///
    /// A row that was stamped in the last `settlingSeconds` could be stamped once more with the
    /// same second, and a table without a row leaves no trace at all.
    func isConclusive(for database: String, tables: [String: Digest]) -> Bool {
        let rows = stamps.rows[survey.folded(database), default: []]
        guard rows.allSatisfy({ $0.age >= Self.settlingSeconds }) else { return false }
        guard stamps.numbers[survey.folded(database)] != nil || !Stamps.hasEqual(rows) else {
            return false
        }
        // A name like a partition's could hide that another table has no row.
        guard !tables.keys.contains(where: { PartitionName.isLike($0) }) else { return false }
        let stamped = Set(rows.map { PartitionName.table(of: $0.table) })
        return tables.keys.allSatisfy(stamped.contains)
    }

    /// Time stamps have whole seconds, and a statement takes a moment.
    static let settlingSeconds: Int64 = 2

    private static func digest(of lines: [String]) -> Digest {
        Digest(of: lines.sorted().joined(separator: "\n"))
    }
}

/// The statistics rows of a server's databases, with InnoDB's numbers where these are needed.
private struct Stamps: Sendable {
    private(set) var rows: [String: [StatisticsRow]] = [:]
    /// Tables and their numbers, for databases in which tables have equal stamps.
    private(set) var numbers: [String: [String]] = [:]

    /// Nil where the server keeps no statistics by default.
    init?(
        on connection: Connection, _ survey: ServerSurvey, _ places: Set<String>
    ) throws(MySQLError) {
        var rows: [String: [StatisticsRow]] = [:]
        var finder = PlaceFinder(survey, places)
        var isPersistent = false
        var failure: MySQLError?
        let questions = [
            FingerprintQuestions.settings, FingerprintQuestions.statistics(in: places.sorted()),
        ]
        try connection.pipeline(questions) { index, answer in
            switch (index, answer) {
            case (_, .failure(let error)): failure = failure ?? error
            case (0, .success(let answer)): isPersistent = answer.next()?.text(0) == "1"
            case (_, .success(let answer)):
                while let row = answer.next() {
                    guard let place = finder.place(of: row) else { continue }
                    rows[place, default: []].append(StatisticsRow(row))
                }
            }
        }
        if let failure { throw failure }
        guard isPersistent else { return nil }
        self.rows = rows
        let ambiguous = places.filter { Self.hasEqual(rows[$0, default: []]) }
        if !ambiguous.isEmpty {
            numbers = try Self.readNumbers(on: connection, survey: survey, places: ambiguous)
        }
    }

    /// Two tables with equal stamps could be swapped by `RENAME TABLE` without a trace.
    static func hasEqual(_ rows: [StatisticsRow]) -> Bool {
        var owners: [String: String] = [:]
        return !rows.allSatisfy { row in
            let table = PartitionName.table(of: row.table)
            return owners.updateValue(table, forKey: row.stamp).map { $0 == table } ?? true
        }
    }

    /// Empty where the account may not see them.
    private static func readNumbers(
        on connection: Connection, survey: ServerSurvey, places: Set<String>
    ) throws(MySQLError) -> [String: [String]] {
        var result: [String: [String]] = [:]
        try connection.pipeline([FingerprintQuestions.numbers]) { _, answer in
            guard case .success(let rows) = answer else { return }
            while let row = rows.next() {
                // `database/table`, both as file names; an odd one is not found, and read exactly.
                guard let name = row.text(0), let slash = name.utf8.firstIndex(of: 0x2f),
                    case let place = survey.folded(String(name[..<slash])), places.contains(place)
                else { continue }
                result[place, default: []].append("\(row.text(1) ?? "") \(name)")
            }
        }
        return result
    }
}

/// A row of `mysql.innodb_table_stats`.
struct StatisticsRow: Sendable {
    let table: String
    /// Seconds before the question, by the server's clock.
    let age: Int64
    /// The time of the stamp, rows and pages: what changes with the row.
    let stamp: String

    init(_ row: RawRow) {
        table = row.text(1) ?? ""
        age = Int64(row.text(2) ?? "") ?? 0
        stamp = row.text(3) ?? ""
    }

    var line: String { "\(stamp) \(table)" }
}

/// The questions whose answers make a fingerprint.
enum FingerprintQuestions {
    /// Up to so many databases are asked for by name, which spares reading all the others.
    private static let namedAtMost = 4

    static let numbers = "SELECT NAME, TABLE_ID FROM information_schema.INNODB_SYS_TABLES"

    static let settings = "SELECT @@global.innodb_stats_persistent"

    /// Neither type nor engine: to know them the server would open every table's file.
    static func names(in databases: [String]) -> String {
        let question = "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES"
        guard databases.count <= namedAtMost else { return question }
        return databases.map { "\(question) WHERE TABLE_SCHEMA = \(SQL.literal($0))" }
            .joined(separator: " UNION ALL ")
    }

    static func statistics(in databases: [String]) -> String {
        let question = """
            SELECT database_name, table_name, UNIX_TIMESTAMP() - UNIX_TIMESTAMP(last_update),
            CONCAT_WS(' ', UNIX_TIMESTAMP(last_update), n_rows, clustered_index_size,
            sum_of_other_index_sizes) FROM mysql.innodb_table_stats
            """
        guard databases.count <= namedAtMost else { return question }
        return question
            + " WHERE database_name IN (\(databases.map(SQL.literal).joined(separator: ", ")))"
    }
}

extension RawRow {
    func text(_ index: Int) -> String? { self[index].map { String(decoding: $0, as: UTF8.self) } }
}

/// Says which of the databases a row is about.
///
/// The rows of one database come one after the other: most need no new text and no look-up.
private struct PlaceFinder {
    private let survey: ServerSurvey
    private let places: Set<String>
    private var last: (bytes: [UInt8], place: String?) = ([], nil)

    init(_ survey: ServerSurvey, _ places: Set<String>) {
        self.survey = survey
        self.places = places
    }

    /// The database that the row's first column names; nil where it is none of those.
    mutating func place(of row: RawRow) -> String? {
        guard let bytes = row[0] else { return nil }
        if last.bytes.elementsEqual(bytes) { return last.place }
        let place = survey.folded(String(decoding: bytes, as: UTF8.self))
        last = (Array(bytes), places.contains(place) ? place : nil)
        return last.place
    }
}

/// How InnoDB names the partitions of a table among its tables: `orders#P#p0`.
enum PartitionName {
    private static let marks = ["#P#", "#p#"]

    static func table(of name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "#")) else { return name }
        for mark in marks {
            if let range = name.firstRange(of: mark) { return String(name[..<range.lowerBound]) }
        }
        return name
    }

    static func isLike(_ name: String) -> Bool {
        name.utf8.contains(UInt8(ascii: "#")) && marks.contains { name.contains($0) }
    }
}
