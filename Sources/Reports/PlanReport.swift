import Diff
import Model
import Schema

/// What `plumb plan` found: the plan, why steps do not run, and the exit status.
package struct PlanReport: Codable, Hashable, Sendable {
    package var plan: Plan
    /// The digest of the whole plan, which is not what is approved.
    package var digest: Digest
    package var steps: [StepReport]
    /// How old the copy of the schema repository is, where it could not be fetched; nil where it
    /// was.
    package var stale: String?
    /// Messages that stop no step.
    package var notices: [Notice]
    /// How long statements wait for a lock on a table; nil in reports of earlier releases.
    package var lockWaits: LockWaits?
    /// Whether the plan is of a proposal (such as a pull request): none of its steps can be
    /// approved.
    package var isProposal = false
    /// Whether only signed approvals count; nil in reports of earlier releases.
    package var approvalsAreSigned: Bool?
    /// Whether only approvals that a daemon took count; nil in reports of earlier releases.
    package var approvalsAreTaken: Bool?
    package var exitStatus: ExitStatus

    package init(
        plan: Plan, digest: Digest, steps: [StepReport], stale: String? = nil,
        notices: [Notice] = [], lockWaits: LockWaits? = nil,
        approvalsAreSigned: Bool? = nil, approvalsAreTaken: Bool? = nil, exitStatus: ExitStatus
    ) {
        self.plan = plan
        self.digest = digest
        self.steps = steps
        self.stale = stale
        self.notices = notices
        self.lockWaits = lockWaits
        self.approvalsAreSigned = approvalsAreSigned
        self.approvalsAreTaken = approvalsAreTaken
        self.exitStatus = exitStatus
    }

    /// The code of a notice about a table that left git and is still live.
    package static let leftGit = "left-git"

    /// The code of the notice that git wants something else by now than what was taken back.
    package static let rollbackEnds = "rollback-ends"

    /// The code of the notice of what is wanted as before a rollout, whatever git has.
    package static let rolledBack = "rolled-back"

    /// Whether a table left git and is still live.
    package var hasLeftGit: Bool { notices.contains { $0.code == Self.leftGit } }

    /// A step of the plan with what it waits for.
    package struct StepReport: Codable, Hashable, Sendable {
        package var step: PlanStep
        /// The digest that an approval of this step is bound to.
        package var approval: Digest
        /// Whether policy asks for an approval, given or not.
        package var needsApproval: Bool
        /// Why the step does not run on some of its shards; empty where it runs on all.
        package var holds: [HoldReport]

        package init(
            step: PlanStep, approval: Digest, needsApproval: Bool, holds: [HoldReport]
        ) {
            self.step = step
            self.approval = approval
            self.needsApproval = needsApproval
            self.holds = holds
        }
    }

    /// Why some shards of a step do not run now.
    package struct HoldReport: Codable, Hashable, Sendable {
        /// `approval`, `denied`, `drift`, `window`, `environment`, `behind`, `rows` or `refused`.
        package var code: String
        /// Why, as a sentence for people.
        package var reason: String
        /// The names of the shards that the reason applies to.
        package var shards: [String]

        package init(code: String, reason: String, shards: [String]) {
            self.code = code
            self.reason = reason
            self.shards = shards
        }
    }
}
