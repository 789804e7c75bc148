import Schema

/// One database of the fleet in one environment.
package struct Shard: Hashable, Sendable {
    package let id: ShardID
    package let server: ServerAddress
    package let database: String
    package let labels: [String: String]
    /// What happens where its server is read-only.
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
    package enum Source: Sendable {
        /// Named in the file: by a pattern, already expanded, or one by one.
        case listed([ListedShard])
        /// Every database of `host` whose name is `LIKE` the pattern.
        case discovered(host: ServerAddress, like: String)
    }

    package let source: Source
    package let labels: [String: String]
    package let readOnly: ReadOnlyServers
    package let location: SourceLocation
}

/// What happens to shards whose server is read-only.
package enum ReadOnlyServers: String, Hashable, Sendable, CaseIterable, FleetChoice {
    static let title = "readOnly"
    /// They are not changed: such a server is a replica, or is to be left alone.
    case refuse
    /// They are, by an account that may.
    case allow
}

/// A shard as written, before an environment maps its host.
package struct ListedShard: Hashable, Sendable {
    package let name: String
    package let host: ServerAddress
    package let database: String
}

/// Which shards are meant: all labels must be equal, and the name must match.
package struct Selector: Sendable, CustomStringConvertible {
    package let labels: [String: String]
    /// A name, or a glob with `*` and `?`.
    package let shard: String?
    package let location: SourceLocation

    package func selects(name: String, labels shardLabels: [String: String]) -> Bool {
        labels.allSatisfy { shardLabels[$0.key] == $0.value }
            && shard.map { Glob.matches(name, $0) } ?? true
    }

    package func selects(_ shard: Shard) -> Bool {
        selects(name: shard.id.shard, labels: shard.labels)
    }

    package var description: String {
        let pairs = labels.sorted { $0.key < $1.key } + (shard.map { [("shard", $0)] } ?? [])
        return "{" + pairs.map { "\($0.0): \($0.1)" }.joined(separator: ", ") + "}"
    }
}

/// Names with `*` for any text and `?` for any one character.
package enum Glob {
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
                // Let the last star take one character more.
                retry = (last.place + 1, last.want)
                (place, want) = (last.place + 1, last.want)
            } else {
                return false
            }
        }
        return pattern[want...].allSatisfy { $0 == "*" }
    }
}

/// How an environment's hosts differ from those written with the shards.
package struct HostMap: Sendable {
    package let pairs: [ServerAddress: ServerAddress]
    package let location: SourceLocation
    /// Where each host on the left is written.
    let places: [ServerAddress: SourceLocation]
}
