import Model
import Schema

/// What `plumb reconcile` and `plumb status` say about a rollout.
package struct RolloutReport: Codable, Hashable, Sendable {
    package var environment: String
    /// Nil when there was nothing to roll out.
    package var rollout: String?
    /// The digest of the plan that the rollout carries out.
    package var plan: Digest?
    /// Nil when it cannot be determined because an operation cannot be read.
    package var state: RolloutState?
    /// ISO 8601 in UTC, as `endedAt`.
    package var startedAt: String?
    package var endedAt: String?
    /// How many operations are in each state, by the state's label.
    package var counts: [String: Int]
    /// The operations that failed, were left, superseded or cancelled, with the reason.
    package var troubles: [Trouble]
    /// The first failure, with its shard; nil where there was none.
    package var message: String?
    /// What it waits for by itself; nil where nothing is due at a known time.
    package var due: Due?
    /// What runs once for a namespace after its shards; nil or empty for none.
    package var finalizers: [Finalizer]?

    package init(
        environment: String, rollout: String? = nil, plan: Digest? = nil,
        state: RolloutState? = nil, startedAt: String? = nil, endedAt: String? = nil,
        counts: [String: Int] = [:], troubles: [Trouble] = [], message: String? = nil
    ) {
        self.environment = environment
        self.rollout = rollout
        self.plan = plan
        self.state = state
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.counts = counts
        self.troubles = troubles
        self.message = message
    }

    /// The finalizer of a namespace.
    package struct Finalizer: Codable, Hashable, Sendable {
        package var namespace: String
        package var state: FinalizerState
        /// Why it failed, was skipped or waits.
        package var message: String?
        /// When it is tried again, ISO 8601 in UTC.
        package var nextAt: String?
        /// The beginning of what it wrote.
        package var output: String?

        package init(
            namespace: String, state: FinalizerState, message: String?, nextAt: String?,
            output: String?
        ) {
            self.namespace = namespace
            self.state = state
            self.message = message
            self.nextAt = nextAt
            self.output = output
        }
    }

    /// What goes on by itself: a wave that opens, or an operation that is tried again.
    package struct Due: Codable, Hashable, Sendable {
        /// When, ISO 8601 in UTC.
        package var at: String
        /// The wave that bakes until then, from 1; nil where none does.
        package var baking: Int?
        /// How many waves there are.
        package var waves: Int
        /// The operation that is tried again; nil where none is.
        package var retrying: OperationKey?
        /// When the shards of that wave are asked again how they are, ISO 8601 in UTC; nil where
        /// nothing is asked.
        package var question: String?

        package init(
            at: String, baking: Int? = nil, waves: Int, retrying: OperationKey? = nil
        ) {
            self.at = at
            self.baking = baking
            self.waves = waves
            self.retrying = retrying
        }
    }

    /// An operation that did not simply complete.
    package struct Trouble: Codable, Hashable, Sendable {
        package var key: OperationKey
        package var state: OperationState
        package var message: String

        package init(key: OperationKey, state: OperationState, message: String) {
            self.key = key
            self.state = state
            self.message = message
        }
    }
}
