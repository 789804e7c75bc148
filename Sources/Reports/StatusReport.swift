import Model
import Schema

/// What `plumb status` says of an environment: the ledger alone is asked.
package struct StatusReport: Codable, Hashable, Sendable {
    package var environment: String
    /// The rollout that was asked for, or the newest one; nil where there is none.
    package var rollout: RolloutReport?
    /// The other open rollouts.
    package var others: [RolloutReport]
    /// What somebody suspended and is not over.
    package var suspensions: [SuspensionRecord]
    /// The rollbacks that hold.
    package var rollbacks: [RollbackReport] = []
    /// The shards that are set aside, with the reason.
    package var setAside: [ShardLine] = []
    /// What failed for good, and when a daemon tries it again.
    package var failures: [FailureRecord] = []
    /// What else cannot be read and keeps something from going on, one sentence each.
    package var unread: [String] = []
    /// Which servers workers read for the process that plans, one sentence each.
    package var readByWorkers: [String] = []
    /// Every shard that was recorded; nil where nobody asked.
    package var shards: [ShardLine]?
    /// What there is to say where there is no rollout.
    package var note: String?

    package init(
        environment: String, rollout: RolloutReport? = nil, others: [RolloutReport] = [],
        suspensions: [SuspensionRecord] = [], note: String? = nil
    ) {
        self.environment = environment
        self.rollout = rollout
        self.others = others
        self.suspensions = suspensions
        self.note = note
    }

    /// What the ledger has of a shard.
    package struct ShardLine: Codable, Hashable, Sendable {
        package var shard: ShardID
        /// The commit of the last plan that changed it; nil where none did.
        package var revision: String?
        /// When its tables were last recorded, ISO 8601 in UTC; nil where that cannot be read.
        package var since: String?
        /// How many tables and other objects it has.
        package var objectCount: Int?
        /// Why nothing is done there; nil where nothing speaks against it.
        package var reason: String?

        package init(shard: ShardID) { self.shard = shard }
    }

    /// Of one rollout alone.
    package init(_ rollout: RolloutReport) {
        self.init(environment: rollout.environment, rollout: rollout)
    }

    /// Whether one of the rollouts has not ended.
    package var isOpen: Bool {
        (others + [rollout].compactMap(\.self)).contains { $0.state?.isTerminal != true }
    }

    package var exitStatus: ExitStatus {
        let rollouts = others + (rollout.map { [$0] } ?? [])
        return ExitStatus(
            rollouts.map { .rollout($0.state) } + (unread.isEmpty ? [] : [.shardUnknown]))
    }
}
