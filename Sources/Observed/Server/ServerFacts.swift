import MySQLClient
import Schema

/// What is read of a server in each pass, also where nothing changed.
struct ServerSettings: Sendable {
    /// The profile that databases have but for their character set and collation.
    let profile: ServerProfile
    let readOnly: ReadOnlyState

    init(on connection: Connection) throws(MySQLError) {
        profile = try connection.profile(database: "information_schema")
        readOnly = try ReadOnlyState(on: connection)
    }
}

/// What is read once per server and pass where shards have to be looked at, whatever their number.
struct ServerFacts: Sendable {
    /// A database in the server's list of databases.
    struct Database: Sendable, Hashable {
        let characterSet: String
        let collation: String
    }

    /// The server's profile; character set and collation are replaced by each database's.
    let profile: ServerProfile
    private let databases: [String: Database]
    /// The digest of the profile for databases with these defaults.
    private let digests: [Database: Digest]
    private let visibility: TableVisibility
    let folding: NameFolding
    /// Nil where only tables are read.
    private let objectVisibility: ObjectVisibility?

    init(
        _ settings: ServerSettings, on connection: Connection, readsObjects: Bool
    ) throws(MySQLError) {
        profile = settings.profile
        folding = NameFolding(profile)
        databases = try Self.readDatabases(on: connection, folding)
        let profile = profile
        digests = Dictionary(
            uniqueKeysWithValues: Set(databases.values).map {
                ($0, Self.profile(profile, with: $0).digest)
            })
        visibility = try TableVisibility(on: connection)
        objectVisibility = readsObjects ? try ObjectVisibility(on: connection) : nil
    }

    /// The database; nil where the account cannot see it.
    func database(_ name: String) -> Database? { databases[folded(name)] }

    /// The profile of a shard's database; nil where the account cannot see it.
    func profile(of name: String) -> ServerProfile? {
        database(name).map { Self.profile(profile, with: $0) }
    }

    /// The digest of `profile(of:)`.
    func profileDigest(of name: String) -> Digest? { database(name).flatMap { digests[$0] } }

    /// False where the account has privileges only on single tables of the database.
    func seesAllTables(of name: String) -> Bool { visibility.isComplete(for: folded(name)) }

    /// One of `kinds` of which the account may not see all objects of the database; else nil.
    func hiddenKind(of kinds: Set<ObjectName.Kind>, in name: String) -> ObjectName.Kind? {
        guard let objectVisibility else { return nil }
        return kinds.sorted { $0.rawValue < $1.rawValue }
            .first { !objectVisibility.shows($0, of: folded(name)) }
    }

    /// A database's name as the server compares it.
    func folded(_ name: String) -> String { folding.stored(name) }

    /// The profile of a database with these defaults.
    static func profile(
        _ server: ServerProfile, with database: Database
    ) -> ServerProfile {
        var result = server
        result.characterSet = database.characterSet
        result.collation = database.collation
        return result
    }

    private static func readDatabases(
        on connection: Connection, _ folding: NameFolding
    ) throws(MySQLError) -> [String: Database] {
        let rows = try connection.query(
            "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME "
                + "FROM information_schema.SCHEMATA")
        var result: [String: Database] = [:]
        for row in rows {
            guard let name = row[0], let characterSet = row[1], let collation = row[2] else {
                continue
            }
            result[folding.stored(name)] = Database(
                characterSet: characterSet, collation: collation)
        }
        return result
    }
}
