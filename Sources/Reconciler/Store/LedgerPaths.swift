import Ledger
import Schema

/// The paths of records in the ledger's tree.
package enum RecordPath {
    /// The record of the environment.
    package static let environment = LedgerPath("environment")
    /// The folder of pending records.
    package static let pendingFolder = LedgerPath("pending")
    /// The folder of decisions.
    package static let approvals = LedgerPath("approvals")
    /// The folder of shard records.
    package static let fleet = LedgerPath("fleet")

    /// What was last recorded of a shard.
    package static func shard(_ id: ShardID) -> LedgerPath {
        LedgerPath("fleet", id.namespace, id.shard)
    }

    /// The text of a table or other object.
    package static func catalog(_ digest: Digest) -> LedgerPath {
        LedgerPath("catalog", digest.hex)
    }

    /// A plan, by its digest.
    package static func plan(_ digest: Digest) -> LedgerPath { LedgerPath("plans", digest.hex) }

    /// The decisions about one step.
    package static func approval(_ digest: Digest) -> LedgerPath {
        approvals.appending(digest.hex)
    }

    /// One rollout.
    package static func rollout(_ id: String) -> LedgerPath {
        LedgerPath("rollouts", id, "rollout")
    }

    /// One operation of a rollout.
    package static func operation(_ rollout: String, _ key: OperationKey) -> LedgerPath {
        LedgerPath("rollouts", rollout, "operations", key.namespace, key.shard, key.object.encoded)
    }

    /// The pending record of an operation.
    package static func pending(_ key: OperationKey) -> LedgerPath {
        LedgerPath("pending", key.namespace, key.shard, key.object.encoded)
    }

    /// The folder of refusals.
    package static let refusals = LedgerPath("refusals")

    /// The statements that a table refused.
    package static func refusal(_ key: OperationKey) -> LedgerPath {
        LedgerPath("refusals", key.namespace, key.shard, key.object.encoded)
    }

    /// How servers of one profile print a whole desired schema.
    package static func normalised(profile: Digest, schema: Digest) -> LedgerPath {
        LedgerPath("normalised", profile.hex, schema.hex)
    }

    /// The proof of one change on servers of one profile.
    package static func proof(profile: Digest, change: Digest) -> LedgerPath {
        LedgerPath("proofs", profile.hex, change.hex)
    }
}
