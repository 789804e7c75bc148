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
        var profile: Digest
    }

    /// A row of the statistics table.
    struct Row: Hashable, Sendable {
        let table: String
        let lastUpdate: String
        /// Rows and pages, as printed.
        let sizes: [String]
        /// Seconds before the question, by the server's clock.
        let age: Int64

        /// Two tables with equal stamps could be swapped by `RENAME TABLE` without a trace.
        var stamp: [String] { [lastUpdate] + sizes }
    }

    private let names: [String: [String]]
    private let rows: [String: [Row]]
    private let profiles: [String: Digest]

    /// Nil where this server, or this account, offers no fingerprints.
    static func read(
        on connection: Connection, survey: ServerSurvey, databases: Set<String>
    ) throws(MySQLError) -> ServerFingerprints? {
        // MySQL does not promise to stamp the row at an INSTANT change.
        guard survey.profile.flavour == .mariadb else { return nil }
        do throws(MySQLError) {
            return try ServerFingerprints(on: connection, survey: survey, databases: databases)
        } catch {
            switch error.kind {
            case .unreachable, .lostConnection: throw error
            default: return nil
            }
        }
    }

    private init?(
        on connection: Connection, survey: ServerSurvey, databases: Set<String>
    ) throws(MySQLError) {
        var names: [String: [String]] = [:]
        var rows: [String: [Row]] = [:]
        var isPersistent = false
        var failure: MySQLError?
        try connection.pipeline([Self.settings, Self.tables, Self.statistics]) { index, answer in
            switch (index, answer) {
            case (_, .failure(let error)): failure = failure ?? error
            case (0, .success(let answer)):
                isPersistent = answer.next()?.text(0) == "1"
            case (1, .success(let answer)):
                while let row = answer.next() {
                    guard let place = row.text(0), databases.contains(place) else { continue }
                    names[place, default: []].append(row.text(1) ?? "")
                }
            case (_, .success(let answer)):
                while let row = answer.next() {
                    guard let place = row.text(0), databases.contains(place) else { continue }
                    rows[place, default: []].append(Row(row))
                }
            }
        }
        if let failure { throw failure }
        guard isPersistent else { return nil }
        self.names = names
        self.rows = rows
        var profiles: [String: Digest] = [:]
        for database in databases { profiles[database] = survey.profile(of: database)?.digest }
        self.profiles = profiles
    }

    /// The fingerprint of a database; nil when the account cannot see it.
    func fingerprint(of database: String) -> Fingerprint? {
        guard let profile = profiles[database] else { return nil }
        let lines = rows[database, default: []].map { row in
            ([row.table] + row.stamp).joined(separator: "\t")
        }
        return Fingerprint(
            names: Self.digest(of: names[database, default: []]),
            statistics: Self.digest(of: lines), profile: profile)
    }

    /// Whether equal fingerprints from now on prove that the tables `tables` did not change.
    ///
    /// A row that was stamped in the last `settlingSeconds` could be stamped once more with the
    /// same second; a table without a row leaves no trace at all.
    func isConclusive(for database: String, tables: [String: Digest]) -> Bool {
        let rows = rows[database, default: []]
        guard rows.allSatisfy({ $0.age >= Self.settlingSeconds }) else { return false }
        // A name like a partition's could hide that another table has no row.
        guard !tables.keys.contains(where: { PartitionName.isLike($0) }) else { return false }
        let stamped = Set(rows.map { PartitionName.table(of: $0.table) })
        guard tables.keys.allSatisfy(stamped.contains) else { return false }
        var stamps: [[String]: String] = [:]
        return rows.allSatisfy { row in
            let table = PartitionName.table(of: row.table)
            return stamps.updateValue(table, forKey: row.stamp).map { $0 == table } ?? true
        }
    }

    /// Time stamps have whole seconds, and a statement takes a moment.
    static let settlingSeconds: Int64 = 2

    private static let settings = "SELECT @@global.innodb_stats_persistent"
    // Neither type nor engine: to know them the server would open every table's file.
    private static let tables = "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES"
    private static let statistics = """
        SELECT database_name, table_name, UNIX_TIMESTAMP(last_update),
        UNIX_TIMESTAMP() - UNIX_TIMESTAMP(last_update), n_rows, clustered_index_size,
        sum_of_other_index_sizes FROM mysql.innodb_table_stats
        """

    private static func digest(of lines: [String]) -> Digest {
        Digest(of: lines.sorted().joined(separator: "\n"))
    }
}

extension ServerFingerprints.Row {
    fileprivate init(_ row: RawRow) {
        table = row.text(1) ?? ""
        lastUpdate = row.text(2) ?? ""
        age = Int64(row.text(3) ?? "") ?? 0
        sizes = [row.text(4) ?? "", row.text(5) ?? "", row.text(6) ?? ""]
    }
}

extension RawRow {
    func text(_ index: Int) -> String? { self[index].map { String(decoding: $0, as: UTF8.self) } }
}

/// How InnoDB names the partitions of a table among its tables: `orders#P#p0`.
enum PartitionName {
    private static let marks = ["#P#", "#p#"]

    static func table(of name: String) -> String {
        for mark in marks {
            if let range = name.firstRange(of: mark) { return String(name[..<range.lowerBound]) }
        }
        return name
    }

    static func isLike(_ name: String) -> Bool { marks.contains { name.contains($0) } }
}
