import Diff
import Schema

/// One operation of a rollout: `rollouts/<id>/operations/<namespace>/<shard>/<table>`.
package struct OperationRecord: Codable, Hashable, Sendable {
    package var version: Int
    package var key: OperationKey
    package var state: OperationState
    /// The digests that it starts from and ends at; nil stands for an absent table.
    package var from: Digest?
    package var to: Digest?
    package var attempts: Int
    /// The approval that it used up, if it needed one.
    package var approval: Digest?
    package var startedAt: String?
    package var endedAt: String?
    /// Why it failed, was superseded or waits.
    package var message: String?

    package init(
        key: OperationKey, state: OperationState = .pending, from: Digest?, to: Digest?,
        approval: Digest? = nil
    ) {
        version = 1
        self.key = key
        self.state = state
        self.from = from
        self.to = to
        attempts = 0
        self.approval = approval
    }
}

/// A statement that may have started: `pending/<namespace>/<shard>/<table>`.
///
/// It is written before the first statement of an operation and goes in the same commit that
/// records the outcome. Whatever stands there after a crash is settled by reading the table.
package struct PendingRecord: Codable, Hashable, Sendable {
    package var version: Int
    package var rollout: String
    package var key: OperationKey
    package var step: PlanStep
    package var approval: Digest?
    /// Until when the approval lets it begin, ISO 8601 in UTC.
    package var approvedUntil: String?
    /// The commit of its plan.
    package var revision: String?
    package var startedAt: String
    package var actor: String
    /// How many of its statements had run before its own first one; nil for none.
    package var begun: Int?

    package init(
        rollout: String, key: OperationKey, step: PlanStep, approval: Digest?, startedAt: String,
        actor: String
    ) {
        version = 1
        self.rollout = rollout
        self.key = key
        self.step = step
        self.approval = approval
        self.startedAt = startedAt
        self.actor = actor
    }
}

/// One rollout: `rollouts/<id>/rollout`.
package struct RolloutRecord: Codable, Hashable, Sendable {
    package var version: Int
    package var id: String
    package var plan: Digest
    package var state: RolloutState
    package var policy: FailurePolicy
    /// The operations of each wave, in order.
    package var waves: [[OperationKey]]
    /// For each wave how long the next one waits after it.
    package var bakeSeconds: [Int]
    package var startedAt: String
    package var endedAt: String?
    package var actor: String
    /// The first failure, with its shard.
    package var message: String?

    package init(
        id: String, plan: Digest, policy: FailurePolicy, waves: [[OperationKey]],
        bakeSeconds: [Int], startedAt: String, actor: String
    ) {
        version = 1
        self.id = id
        self.plan = plan
        state = .pending
        self.policy = policy
        self.waves = waves
        self.bakeSeconds = bakeSeconds
        self.startedAt = startedAt
        self.actor = actor
    }

    package var operationKeys: [OperationKey] { waves.flatMap { $0 } }
}
