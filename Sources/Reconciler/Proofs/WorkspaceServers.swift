import Desired
import MySQLClient
import Observed
import Schema

/// Which servers could hold a workspace: those of the shards, by what they make of a text.
package struct WorkspaceServers: Sendable {
    /// Servers that take changes, in the order of the shards.
    private var writable: [ServerProfile: [ServerAddress]] = [:]

    package init(writable: [ServerProfile: [ServerAddress]] = [:]) {
        self.writable = writable
    }

    package init(_ shards: [Shard], _ observation: [ShardID: ShardObservation]) {
        // Most shards of a server have equal defaults: each profile is looked at once.
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

    /// Servers of `profile` that can be tried one after the other, `first` first where it takes
    /// changes; `first` alone where none is known to.
    func places(for profile: ServerProfile, first: ServerAddress) -> [ServerAddress] {
        let known = writable[Self.whateverFiles(profile)] ?? []
        guard !known.isEmpty else { return [first] }
        let places = known.contains(first) ? [first] + known.filter { $0 != first } : known
        // Each may take its time to say no.
        return Array(places.prefix(Self.most))
    }

    /// A workspace reads files in the mode that it is asked for, whatever its server's is.
    private static func whateverFiles(_ profile: ServerProfile) -> ServerProfile {
        var result = profile
        result.creationMode = nil
        return result
    }

    private static let most = 8
}
