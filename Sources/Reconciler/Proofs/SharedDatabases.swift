import Basics
import Desired
import Observed
import Schema

/// Finds shards that the fleet file has as several, but that are one database, because their server
/// compares names in lower case: a change to one would change the other.
package struct SharedDatabases {
    /// Every known shard of the environment.
    let shards: [Shard]
    /// How servers compare names, for those that were asked.
    let foldings: [ServerAddress: NameFolding]

    package init(_ shards: [Shard], profiles: [(shard: Shard, profile: ServerProfile)]) {
        self.shards = shards
        foldings = Dictionary(profiles.map { ($0.shard.server, NameFolding($0.profile)) }) {
            first, _ in first
        }
    }

    private struct Place: Hashable {
        let server: ServerAddress
        let database: String
    }

    /// One problem for each such shard.
    package var problems: [ShardID: ShardProblem] {
        guard foldings.values.contains(where: { $0 != .bytes }) else { return [:] }
        var places: [Place: Set<ShardID>] = [:]
        for shard in shards {
            guard let folding = foldings[shard.server], folding != .bytes else { continue }
            let place = Place(
                server: shard.server, database: folding.stored(shard.database))
            places[place, default: []].insert(shard.id)
        }
        var result: [ShardID: ShardProblem] = [:]
        for (place, owners) in places where owners.count > 1 {
            let names = owners.sorted().map(\.description).joined(separator: " and ")
            for owner in owners {
                result[owner] = ShardProblem(
                    code: "shared-database",
                    reason: "\(place.server) compares names in lower case: the shards \(names) are "
                        + "both its database \(SQL.identifier(place.database)); give every shard a "
                        + "database of its own",
                    retry: .permanent)
            }
        }
        return result
    }
}

extension ShardProblem {
    /// The names of git that the server of the shard does not tell apart.
    init(_ clash: NameClash, on shard: Shard) {
        self.init(
            code: "name-clash",
            reason: "\(shard.server) does not tell names in git apart: \(clash)",
            retry: .permanent)
    }
}
