import Diff
import Model
import Schema

/// What `plumb reconcile` and `plumb status` say about a rollout.
package struct RolloutReport: Codable, Hashable, Sendable {
    package var environment: String
    /// Nil when there was nothing to roll out.
    package var rollout: String?
    package var plan: Digest?
    /// Nil when it cannot be determined because an operation cannot be read.
    package var state: RolloutState?
    package var startedAt: String?
    package var endedAt: String?
    /// How many operations are in each state, by the state's label.
    package var counts: [String: Int]
    /// Operations that did not simply complete, with the reason.
    package var troubles: [Trouble]
    package var message: String?

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

/// The outcome of one pass of `plumb reconcile`: what was planned, done, held and left.
package struct ReconcileReport: Codable, Hashable, Sendable {
    package var plan: PlanReport
    package var rollout: RolloutReport
    /// Operations of an earlier run that were found unfinished and settled first.
    package var recovered: [Recovered]
    /// Tables that were live as git says and are now recorded as such.
    package var adopted: Int
    package var exitStatus: ExitStatus

    package init(
        plan: PlanReport, rollout: RolloutReport, recovered: [Recovered], adopted: Int,
        exitStatus: ExitStatus
    ) {
        self.plan = plan
        self.rollout = rollout
        self.recovered = recovered
        self.adopted = adopted
        self.exitStatus = exitStatus
    }

    /// How an operation was settled that a dead run had left.
    package enum Finding: String, Codable, Hashable, Sendable {
        case completed
        case notRun = "not-run"
        /// The first statements ran, and the rest is planned again.
        case partly
        case superseded
        /// Its shard left the fleet.
        case discarded
        /// Its shard cannot be read: it stays unsettled.
        case unknown
    }

    /// What was found of an operation that a dead run had left.
    package struct Recovered: Codable, Hashable, Sendable {
        package var key: OperationKey
        package var finding: Finding
        package var message: String

        package init(key: OperationKey, finding: Finding, message: String) {
            self.key = key
            self.finding = finding
            self.message = message
        }
    }
}
