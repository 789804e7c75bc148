import Model

/// What `plumb status` says of an environment: the ledger alone is asked.
package struct StatusReport: Codable, Hashable, Sendable {
    package var environment: String
    /// The rollout that was asked for, or the newest one; nil where there is none.
    package var rollout: RolloutReport?
    /// The other open rollouts.
    package var others: [RolloutReport]
    /// What somebody suspended and is not over.
    package var suspensions: [SuspensionRecord]
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

    /// Of one rollout alone.
    package init(_ rollout: RolloutReport) {
        self.init(environment: rollout.environment, rollout: rollout)
    }

    package var exitStatus: ExitStatus {
        let rollouts = others + (rollout.map { [$0] } ?? [])
        return ExitStatus(rollouts.map { .rollout($0.state) })
    }
}
