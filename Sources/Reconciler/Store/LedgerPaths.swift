import Ledger
import Schema

/// Where each record lies in the ledger's tree.
package enum RecordPath {
    package static let environment = LedgerPath("environment")
    package static let pendingFolder = LedgerPath("pending")
    package static let approvals = LedgerPath("approvals")
    package static let fleet = LedgerPath("fleet")

    package static func shard(_ id: ShardID) -> LedgerPath {
        LedgerPath("fleet", id.namespace, id.shard)
    }

    package static func catalog(_ digest: Digest) -> LedgerPath {
        LedgerPath("catalog", digest.hex)
    }

    package static func plan(_ digest: Digest) -> LedgerPath { LedgerPath("plans", digest.hex) }

    package static func approval(_ digest: Digest) -> LedgerPath {
        approvals.appending(digest.hex)
    }

    package static func rollout(_ id: String) -> LedgerPath {
        LedgerPath("rollouts", id, "rollout")
    }

    package static func operation(_ rollout: String, _ key: OperationKey) -> LedgerPath {
        LedgerPath("rollouts", rollout, "operations", key.namespace, key.shard, key.table)
    }

    package static func pending(_ key: OperationKey) -> LedgerPath {
        LedgerPath("pending", key.namespace, key.shard, key.table)
    }

    package static let refusals = LedgerPath("refusals")

    /// What the table itself refused.
    package static func refusal(_ key: OperationKey) -> LedgerPath {
        LedgerPath("refusals", key.namespace, key.shard, key.table)
    }

    /// What a server made of a whole desired schema.
    package static func normalised(profile: Digest, schema: Digest) -> LedgerPath {
        LedgerPath("normalised", profile.hex, schema.hex)
    }

    /// The proof of one change on servers of one profile.
    package static func proof(profile: Digest, change: Digest) -> LedgerPath {
        LedgerPath("proofs", profile.hex, change.hex)
    }
}
