import Ledger
import Schema

/// Where each record lies in the ledger's tree; names are encoded so that any table name fits.
package enum RecordPath {
    package static let environment = "environment"

    package static func shard(_ id: ShardID) -> String {
        join("fleet", [id.namespace, id.shard])
    }

    package static func catalog(_ digest: Digest) -> String { "catalog/\(digest.hex)" }

    package static func plan(_ digest: Digest) -> String { "plans/\(digest.hex)" }

    package static func approval(_ digest: Digest) -> String { "approvals/\(digest.hex)" }

    package static func rollout(_ id: String) -> String { "rollouts/\(id)/rollout" }

    package static func operations(_ rollout: String) -> String { "rollouts/\(rollout)/operations" }

    package static func operation(_ rollout: String, _ key: OperationKey) -> String {
        join(operations(rollout), [key.namespace, key.shard, key.table])
    }

    package static func pending(_ key: OperationKey) -> String {
        join("pending", [key.namespace, key.shard, key.table])
    }

    /// What a server made of a whole desired schema.
    package static func normalised(profile: Digest, schema: Digest) -> String {
        "normalised/\(profile.hex)/\(schema.hex)"
    }

    /// The proof of one change on servers of one profile.
    package static func proof(profile: Digest, change: Digest) -> String {
        "proofs/\(profile.hex)/\(change.hex)"
    }

    private static func join(_ folder: String, _ components: [String]) -> String {
        ([folder] + components.map(LedgerPath.encode)).joined(separator: "/")
    }
}
