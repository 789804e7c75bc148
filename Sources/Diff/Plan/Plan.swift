import Schema

/// What would make the shards of an environment equal to git: inert, canonical, validated.
///
/// A plan knows nothing of how it is shown or run. Equal inputs give equal plans to the byte:
/// there is no clock in it, and every list is sorted. Its identity is the digest of its
/// canonical encoding.
package struct Plan: Codable, Hashable, Sendable {
    /// The version of this encoding.
    package static let currentVersion = 1

    package var version: Int
    package var environment: String
    package var revision: PlanRevision
    /// One step for each distinct change, with all the shards that need it.
    package var steps: [PlanStep]
    /// Shards that could not be read.
    package var unknown: [UnknownShard]
    /// Tables that cannot be compared or changed, and why.
    package var unsupported: [UnsupportedTable]
    /// How many shards were asked for, unknown ones included.
    package var shardCount: Int

    package init(
        environment: String, revision: PlanRevision, steps: [PlanStep], unknown: [UnknownShard],
        unsupported: [UnsupportedTable], shardCount: Int
    ) {
        version = Self.currentVersion
        self.environment = environment
        self.revision = revision
        self.steps = steps.sorted()
        self.unknown = unknown.sorted { $0.shard < $1.shard }
        self.unsupported = unsupported.sorted {
            ($0.namespace, $0.object, $0.reason) < ($1.namespace, $1.object, $1.reason)
        }
        self.shardCount = shardCount
    }

    /// The plan's identity.
    package func digest() throws -> Digest { try CanonicalForm.digest(of: self) }

    /// The shards that have a change to make.
    package var changingShards: Set<ShardID> {
        Set(
            steps.flatMap { step in
                step.shards.map { ShardID(namespace: step.namespace, shard: $0) }
            })
    }
}

/// The desired state's place in git.
package struct PlanRevision: Codable, Hashable, Sendable {
    /// The commit's hexadecimal id; nil where the files of a working tree were read.
    package var commit: String?
    /// The branch or other reference that was followed.
    package var reference: String
    /// The first line of the commit message.
    package var summary: String

    package init(commit: String?, reference: String, summary: String) {
        self.commit = commit
        self.reference = reference
        self.summary = summary
    }

    /// `main@3f2a91c`, or `working tree`.
    package var label: String {
        commit.map { "\(reference)@\($0.prefix(7))" } ?? "working tree"
    }
}

/// A shard that could not be read, wholly or in part.
package struct UnknownShard: Codable, Hashable, Sendable {
    package var shard: ShardID
    /// A short stable word, such as `unreachable` or `access-denied`.
    package var code: String
    package var reason: String

    package init(shard: ShardID, code: String, reason: String) {
        self.shard = shard
        self.code = code
        self.reason = reason
    }
}

/// A table that Plumb will not touch because it cannot express it, or what it needs.
package struct UnsupportedTable: Codable, Hashable, Sendable {
    package var namespace: String
    package var object: ObjectName
    package var shards: [String]
    package var reason: String

    private enum CodingKeys: String, CodingKey {
        case namespace
        case object = "table"
        case shards, reason
    }

    package init(namespace: String, object: ObjectName, shards: [String], reason: String) {
        self.namespace = namespace
        self.object = object
        self.shards = shards.sorted()
        self.reason = reason
    }
}
