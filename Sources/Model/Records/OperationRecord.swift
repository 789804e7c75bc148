import Diff
import Schema

/// One operation of a rollout.
package struct OperationRecord: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    package var key: OperationKey
    package var state: OperationState
    /// The digests before and after; nil stands for an absent table.
    package var from: Digest?
    package var to: Digest?
    /// How many attempts failed.
    package var attempts: Int
    /// The approval that it used; nil where it needed none.
    package var approval: Digest?
    /// ISO 8601 in UTC, as `endedAt`.
    package var startedAt: String?
    package var endedAt: String?
    /// Why it failed, was superseded or waits.
    package var message: String?
    /// When the next attempt begins, ISO 8601 in UTC; nil where none is due later.
    package var nextAttemptAt: String?
    /// When the first of `attempts` failed, ISO 8601 in UTC; nil where none did.
    package var failingSince: String?
    /// The engine that has made something beside the table, which goes on or is taken away by it;
    /// nil where there is nothing.
    package var engine: EngineName?

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

    /// Whether a statement of it may have run, or its engine made something beside the table: then
    /// it goes on to its end, whatever is planned meanwhile.
    package var hasBegun: Bool {
        switch state {
        case .leased, .preparing, .running, .cuttingOver, .verifying: true
        case .pending, .waitingForCutover, .failedRetryable: engine != nil
        case .completed, .failed, .superseded, .cancelled: true
        }
    }
}

/// A statement that may have started.
///
/// It is written before the first statement of an operation and removed in the commit that records
/// the outcome. One that is there after a crash is settled by reading the table.
package struct PendingRecord: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    /// The id of the rollout.
    package var rollout: String
    package var key: OperationKey
    package var step: PlanStep
    /// The approval that it uses up; nil where it needs none.
    package var approval: Digest?
    /// Until when the approval is valid, ISO 8601 in UTC.
    package var approvedUntil: String?
    /// The commit that the plan was made from.
    package var revision: String?
    /// ISO 8601 in UTC.
    package var startedAt: String
    /// Who runs the rollout.
    package var actor: String
    /// How many statements of the step had run before this operation; nil for none.
    package var begun: Int?
    /// What the engine of the step needs to go on; nil where that is nothing.
    package var engine: EngineState?
    /// The server and database where it began, as `db-0:3306/shop_1`; nil in old records.
    package var place: String?
    /// Why reading its shard did not tell what became of it, as a pass found it last; nil for none.
    package var astray: String?

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

/// One rollout.
package struct RolloutRecord: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    package var id: String
    /// The digest of the plan that it carries out.
    package var plan: Digest
    /// The state that followed from its operations when the record was written.
    package var state: RolloutState
    /// What a failed operation means for the others.
    package var policy: FailurePolicy
    /// The operations of each wave, in order.
    package var waves: [[OperationKey]]
    /// How long to wait after each wave before the next one, in seconds.
    package var bakeSeconds: [Int]
    /// ISO 8601 in UTC, as `endedAt`.
    package var startedAt: String
    package var endedAt: String?
    package var actor: String
    /// The message of the first failure, with its shard.
    package var message: String?
    /// The namespaces that have a finalizer; nil for none.
    package var finalizers: [String]?
    /// Greater than that of every rollout that began before it; nil in old records.
    package var number: Int?
    /// Under `continue`: with this many failures it halts; nil for no limit.
    package var maxFailures: Int?
    /// Nil for ``CutoverPolicy/rolling``.
    package var cutover: CutoverPolicy?
    /// Nil for the standard one.
    package var retries: RetryBudget?
    /// The commit that its plan was made from; nil for files of a folder, and in old records.
    package var revision: String?

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

    /// What failures mean for it.
    package var failureRule: FailureRule { FailureRule(policy, limit: maxFailures) }

    /// The operations of all waves, in order.
    package var operationKeys: [OperationKey] { waves.flatMap { $0 } }
}
