import Schema

/// A shard in one environment: a database on a server.
package struct Shard: Hashable, Sendable {
    package let id: ShardID
    package let server: ServerAddress
    package let database: String
    package let labels: [String: String]
    /// Whether it may be changed where its server is read-only.
    package var readOnly = ReadOnlyServers.refuse

    package init(
        id: ShardID, server: ServerAddress, database: String, labels: [String: String] = [:]
    ) {
        self.id = id
        self.server = server
        self.database = database
        self.labels = labels
    }
}

/// One entry of a namespace's `shards`.
package struct ShardEntry: Sendable {
    /// How the entry names its shards.
    package enum Source: Sendable {
        /// Listed in the file, one by one or by a pattern, which is expanded here.
        case listed([ListedShard])
        /// All databases on `host` whose name is `LIKE` the pattern.
        case discovered(host: ServerAddress, like: String)
    }

    package let source: Source
    package let labels: [String: String]
    package let readOnly: ReadOnlyServers
    package let location: SourceLocation
}

/// Whether shards on read-only servers may be changed.
package enum ReadOnlyServers: String, Hashable, Sendable, CaseIterable, FleetChoice {
    static let title = "readOnly"
    /// They are not changed: the server is a replica, or is protected.
    case refuse
    /// They are changed, by an account with the necessary privilege.
    case allow
}

/// A shard as written, before an environment maps its host.
package struct ListedShard: Hashable, Sendable {
    package let name: String
    package let host: ServerAddress
    package let database: String
}

/// Selects shards: all labels must be equal, and the name must match.
package struct Selector: Hashable, Sendable, CustomStringConvertible {
    package let labels: [String: String]
    /// A name, or a pattern with `*` and `?`; nil for any name.
    package let shard: String?
    package let location: SourceLocation

    /// Whether it selects a shard with this name and these labels.
    package func selects(name: String, labels shardLabels: [String: String]) -> Bool {
        shardLabels.haveAll(labels)
            && shard.map { Glob.matches(name, $0) } ?? true
    }

    /// Whether it selects the shard.
    package func selects(_ shard: Shard) -> Bool {
        selects(name: shard.id.shard, labels: shard.labels)
    }

    package var description: String {
        let pairs = labels.sorted { $0.key < $1.key } + (shard.map { [("shard", $0)] } ?? [])
        return "{" + pairs.map { "\($0.0): \($0.1)" }.joined(separator: ", ") + "}"
    }
}

/// Patterns in which `*` stands for any text and `?` for one character.
package enum Glob {
    /// Whether the pattern matches the whole text.
    package static func matches(_ text: String, _ pattern: String) -> Bool {
        let (text, pattern) = (Array(text), Array(pattern))
        var (place, want) = (0, 0)
        var retry: (place: Int, want: Int)?
        while place < text.count {
            if want < pattern.count, pattern[want] == "*" {
                retry = (place, want + 1)
                want += 1
            } else if want < pattern.count, pattern[want] == "?" || pattern[want] == text[place] {
                place += 1
                want += 1
            } else if let last = retry {
                // Let the last `*` match one more character.
                retry = (last.place + 1, last.want)
                (place, want) = (last.place + 1, last.want)
            } else {
                return false
            }
        }
        return pattern[want...].allSatisfy { $0 == "*" }
    }
}

/// Maps hosts as written with the shards to hosts of an environment.
package struct HostMap: Sendable {
    package let pairs: [ServerAddress: ServerAddress]
    package let location: SourceLocation
    /// The place of each host on the left side.
    let places: [ServerAddress: SourceLocation]
}
