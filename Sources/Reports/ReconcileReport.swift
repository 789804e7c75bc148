import Model
import Schema

/// The outcome of one pass of `plumb reconcile`: what was planned, done, held back and left.
package struct ReconcileReport: Codable, Hashable, Sendable {
    package var plan: PlanReport
    /// The newest rollout that is open or that this pass ended.
    package var rollout: RolloutReport
    /// The other ones, the older first; nil where there are none.
    package var others: [RolloutReport]?
    /// Operations that an earlier, interrupted run left unfinished, and that were settled first.
    package var recovered: [Recovered]
    /// How many tables were live as git defines them and are recorded as such from now on.
    package var adopted: Int
    package var exitStatus: ExitStatus

    package init(
        plan: PlanReport, rollout: RolloutReport, others: [RolloutReport]? = nil,
        recovered: [Recovered], adopted: Int, exitStatus: ExitStatus
    ) {
        self.others = others
        self.plan = plan
        self.rollout = rollout
        self.recovered = recovered
        self.adopted = adopted
        self.exitStatus = exitStatus
    }

    /// When the next thing is due by itself, ISO 8601 in UTC: a wave opens or is asked how it is,
    /// or an operation or a finalizer is tried again; nil where nothing is.
    package var nextDue: String? {
        let rollouts = (others ?? []) + [rollout]
        let times = rollouts.flatMap { rollout in
            [rollout.due?.at, rollout.due?.question] + (rollout.finalizers ?? []).map(\.nextAt)
        }
        return times.compactMap(\.self).min()
    }

    /// How an operation was settled that a dead run had left.
    package enum Finding: String, Codable, Hashable, Sendable {
        case completed
        case notRun = "not-run"
        /// The first statements ran, and the rest is planned again.
        case partly
        case superseded
        /// Its engine works beside the table, and goes on where it was.
        case resumed
        /// Its shard cannot be read, or is not where it began: it stays unsettled.
        case unknown
    }

    /// What was found out about an operation that an interrupted run had left.
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
