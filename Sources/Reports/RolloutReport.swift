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
    /// The operations that failed, were left, superseded or cancelled, with the reason; what failed
    /// first is the first of those that failed.
    package var troubles: [Trouble]
    /// The shards by what is done to a table, from where to where, and how far that is.
    package var groups: [Group] = []
    /// The operations under way, the oldest first.
    package var active: [Active] = []
    /// The first failure, with its shard; nil where there was none.
    package var message: String?
    /// What it waits for by itself; nil where nothing is due at a known time.
    package var due: Due?
    /// What runs once for a namespace after its shards; nil or empty for none.
    package var finalizers: [Finalizer]?
    /// Greater than that of every rollout that began before it; nil where that is not recorded.
    package var number: Int?
    /// How many operations may start that have not; nil where something else is due first.
    package var ready: Int?
    /// Whether a daemon goes on with it by itself; nil where nobody looked.
    package var isServed: Bool?
    /// Its waves in order; nil where nobody asked for them.
    package var waves: [Wave]?
    /// Who took it back, when, why, and what ends that, as a sentence for people; nil where no
    /// rollback of it holds.
    package var takenBack: String?

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

    /// Operations that begin together, and what follows them.
    package struct Wave: Codable, Hashable, Sendable {
        /// How many operations are in each state, by the state's label.
        package var counts: [String: Int]
        /// How long it is waited after the wave, in seconds.
        package var bakeSeconds: Int

        package init(counts: [String: Int], bakeSeconds: Int) {
            self.counts = counts
            self.bakeSeconds = bakeSeconds
        }
    }

    /// Shards with the same change of a table, in the same state.
    package struct Group: Codable, Hashable, Sendable {
        package var namespace: String
        package var object: ObjectName
        /// The digests before and after; nil stands for an absent table.
        package var from: Digest?
        package var to: Digest?
        package var state: OperationState
        /// Their names, in the order of the rollout.
        package var shards: [String]

        package init(_ operation: OperationRecord) {
            namespace = operation.key.namespace
            object = operation.key.object
            from = operation.from
            to = operation.to
            state = operation.state
            shards = [operation.key.shard]
        }
    }

    /// An operation under way.
    package struct Active: Codable, Hashable, Sendable {
        package var key: OperationKey
        package var state: OperationState
        /// ISO 8601 in UTC; nil where its start was not recorded.
        package var since: String?
        /// How far it is, as its engine says; nil where it does not.
        package var message: String?

        package init(_ operation: OperationRecord) {
            key = operation.key
            state = operation.state
            since = operation.startedAt
            message = operation.message
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
