import Execution
import MySQLClient
import Schema

/// Values that change whenever a shard's schema changes, read for a whole server at once.
///
/// MariaDB updates a table's row in `mysql.innodb_table_stats` with every DDL statement on an
/// InnoDB table with persistent statistics, and sometimes when data changes. Equal fingerprints
/// therefore prove an equal schema; after different ones the shard has to be read.
struct ServerFingerprints: Sendable {
    /// The values for one shard.
    struct Fingerprint: Hashable, Sendable {
        /// Covers the names of all tables and views.
        var names: Digest
        /// Covers the database's rows in `mysql.innodb_table_stats`.
        var statistics: Digest
        /// Covers InnoDB's table ids, where the statistics alone could hide that tables were
        /// swapped.
        var tableIDs: Digest?
        /// The profile's digest: the database's character set, the server's version and so on.
        var profile: Digest
    }

    /// The answer of a server.
    enum Answer: Sendable {
        case known(ServerFingerprints)
        /// This server, or this account, has no fingerprints.
        case none
        /// Another server answered one of the questions.
        case strayed

        var fingerprints: ServerFingerprints? {
            guard case .known(let fingerprints) = self else { return nil }
            return fingerprints
        }

        var hasStrayed: Bool {
            guard case .strayed = self else { return false }
            return true
        }
    }

    private let facts: ServerFacts
    private let names: DatabaseRows
    private let stamps: TableStamps

    /// Reads the fingerprints of databases.
    ///
    /// Names and statistics are read at the same time over two connections. A change in between
    /// makes them differ from the last ones, or from the next ones.
    ///
    /// - Parameters:
    ///   - identity: which server has to answer; nil where that is not known.
    ///   - known: the databases' last fingerprints, by name.
    static func read(
        from server: ServerAddress, pool: ConnectionPool, facts: ServerFacts,
        identity: ServerIdentity?, databases: [String], known: [String: Fingerprint]
    ) throws(MySQLError) -> Answer {
        // MySQL does not promise to update the row with an INSTANT change.
        guard facts.profile.flavour == .mariadb else { return .none }
        let places = Set(databases.map(facts.folded))
        let known = Dictionary(known.map { (facts.folded($0), $1) }) { first, _ in first }
        let answers = Workers.map(Part.allCases, total: 2, perKey: 2, key: { _ in server }) {
            part in
            pool.using(server) { connection throws(MySQLError) in
                if let identity, try !identity.isPlace(of: connection, facts.profile.flavour) {
                    return PartAnswer.strayed
                }
                switch part {
                case .names: return .names(try readNames(on: connection, facts, places))
                case .stamps:
                    return .stamps(try TableStamps(on: connection, facts, places, known: known))
                }
            }
        }
        var names: DatabaseRows?
        var stamps: TableStamps?
        for answer in answers {
            switch answer {
            case .success(.names(let found)): names = found
            case .success(.stamps(let found)): stamps = found
            case .success(.strayed): return .strayed
            case .failure(let error):
                switch error.kind {
                case .unreachable, .connectionLimit, .hourlyLimit, .lostConnection: throw error
                default: return .none
                }
            }
        }
        guard let names, let stamps else { return .none }
        return .known(ServerFingerprints(facts: facts, names: names, stamps: stamps))
    }

    private enum Part: CaseIterable {
        case names, stamps
    }

    private enum PartAnswer: Sendable {
        case strayed
        case names(DatabaseRows)
        /// Nil where the server keeps no statistics.
        case stamps(TableStamps?)
    }

    private init(facts: ServerFacts, names: DatabaseRows, stamps: TableStamps) {
        self.facts = facts
        self.names = names
        self.stamps = stamps
    }

    private static func readNames(
        on connection: Connection, _ facts: ServerFacts, _ places: Set<String>
    ) throws(MySQLError) -> DatabaseRows {
        var names = DatabaseRows(columns: 1)
        var failure: MySQLError?
        try connection.pipeline([FingerprintQuestions.names(in: places.sorted())]) { _, answer in
            switch answer {
            case .failure(let error): failure = error
            case .success(let answer): names.add(answer, of: places, folded: facts.folded)
            }
        }
        if let failure { throw failure }
        return names
    }

    /// The fingerprint of a database; nil where the account cannot see it.
    func fingerprint(of database: String) -> Fingerprint? {
        guard let profile = facts.profileDigest(of: database) else { return nil }
        let place = facts.folded(database)
        return Fingerprint(
            names: names.digest(of: place), statistics: stamps.statisticsDigest(of: place),
            tableIDs: stamps.tableIDsDigest(of: place), profile: profile)
    }

    /// Whether equal fingerprints from now on prove that the tables `tables` are unchanged.
    ///
    /// False where a row was updated in the last `settlingSeconds`, since it could be updated again
    /// in the same second, and where a table has no row, since its changes then do not show.
    func isConclusive(for database: String, tables: [String: Digest]) -> Bool {
        let place = facts.folded(database)
        let rows = stamps.rows(of: place)
        guard rows.allSatisfy({ $0.age >= Self.settlingSeconds }) else { return false }
        guard !stamps.lacksNumbers(of: place) else { return false }
        // A table named like a partition could hide that another table has no row.
        guard !tables.keys.contains(where: { PartitionName.isLike($0) }) else { return false }
        let stamped = Set(rows.map { PartitionName.table(of: $0.table) })
        return tables.keys.allSatisfy(stamped.contains)
    }

    /// Time stamps have whole seconds, and a statement takes some time itself.
    static let settlingSeconds: Int64 = 2
}

extension RawRow {
    func text(_ index: Int) -> String? { self[index].map { String(decoding: $0, as: UTF8.self) } }
}
