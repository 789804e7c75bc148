import Desired
import MySQLClient
import Observed
import Schema

/// The servers that may hold a workspace: those of the shards, by their profile.
package struct WorkspaceServers: Sendable {
    /// Servers that are not read-only, in the order of the shards.
    private var writable: [ServerProfile: [ServerAddress]] = [:]

    package init(writable: [ServerProfile: [ServerAddress]] = [:]) {
        self.writable = writable
    }

    package init(_ shards: [Shard], _ observation: [ShardID: ShardObservation]) {
        // Most shards of a server have the same defaults, so each profile is compared once.
        var seen: Set<[String]> = []
        for shard in shards {
            guard case .known(let known) = observation[shard.id] else { continue }
            let (profile, server) = (known.profile, shard.server)
            guard
                seen.insert([server.description, profile.characterSet, profile.collation]).inserted
            else { continue }
            guard known.readOnly == .writable else { continue }
            writable[Self.whateverFiles(profile), default: []].append(server)
        }
    }

    /// The servers of `profile` to try in order: `first` and then the others, where it is not
    /// read-only; `first` alone where no server is known.
    func places(for profile: ServerProfile, first: ServerAddress) -> [ServerAddress] {
        let known = writable[Self.whateverFiles(profile)] ?? []
        guard !known.isEmpty else { return [first] }
        let places = known.contains(first) ? [first] + known.filter { $0 != first } : known
        // Each attempt may wait for a timeout.
        return Array(places.prefix(Self.most))
    }

    /// The profile without its file mode, which a workspace sets for its session.
    private static func whateverFiles(_ profile: ServerProfile) -> ServerProfile {
        var result = profile
        result.creationMode = nil
        return result
    }

    private static let most = 8
}
