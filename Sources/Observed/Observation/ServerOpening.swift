import MySQLClient
import Schema

/// What one session asks a server at the beginning of a pass: once, whatever the number of shards.
struct ServerOpening: Sendable {
    let settings: ServerSettings
    /// Nil where the server has none at present, or nothing is remembered.
    let mark: StatementMark?
    /// The last readings that still hold, since the server's mark is still the one they were read
    /// under.
    let proven: [ShardID: Observer.Memory]
    /// Nil where nothing but `proven` was asked for.
    let facts: ServerFacts?

    /// - Parameter memory: the last readings of these shards.
    init(
        _ shards: ServerShards, mode: Observer.Mode, memory: [ShardID: Observer.Memory],
        marks: Bool, on connection: Connection
    ) throws(MySQLError) {
        settings = try ServerSettings(on: connection)
        let flavour = settings.profile.flavour
        if mode == .unlessUnchanged, let known = Self.mark(of: memory),
            try known.isCurrent(on: connection, flavour)
        {
            mark = known
            var profiles = ProfileComparison(settings)
            proven = memory.filter { $0.value.mark == known && profiles.stillHolds($0.value) }
        } else {
            // Read before all else: what is read after it is what it stands for.
            mark = mode == .once || !marks ? nil : try .read(on: connection, flavour)
            proven = [:]
        }
        guard proven.count < shards.targets.count else {
            facts = nil
            return
        }
        facts = try ServerFacts(
            settings, on: connection, readsObjects: shards.targets.contains { !$0.kinds.isEmpty })
    }

    /// The mark that most of the shards were read under.
    private static func mark(of memory: [ShardID: Observer.Memory]) -> StatementMark? {
        var counts: [StatementMark: Int] = [:]
        for known in memory.values {
            if let mark = known.mark { counts[mark, default: 0] += 1 }
        }
        return counts.max { $0.value < $1.value }?.key
    }
}

/// Compares the profiles of many shards with the server's present settings, each kind once.
private struct ProfileComparison {
    private let settings: ServerSettings
    /// The digests of present profiles, by the defaults of their databases.
    private var digests: [ServerFacts.Database: Digest] = [:]

    init(_ settings: ServerSettings) {
        self.settings = settings
    }

    /// Whether the profile of a shard is the same as when it was read; its database's own part
    /// changes by statements alone.
    mutating func stillHolds(_ known: Observer.Memory) -> Bool {
        let defaults = ServerFacts.Database(
            characterSet: known.profile.characterSet, collation: known.profile.collation)
        if let digest = digests[defaults] { return digest == known.profileDigest }
        let digest = ServerFacts.profile(settings.profile, with: defaults).digest
        digests[defaults] = digest
        return digest == known.profileDigest
    }
}
