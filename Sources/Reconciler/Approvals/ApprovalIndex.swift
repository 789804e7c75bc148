import Basics
import Diff
import Model
import Schema

/// The recorded approvals and denials, and what they mean for a step on a shard.
package struct ApprovalIndex: Sendable {
    /// The records by the digest of the step that they are about.
    package let records: [Digest: ApprovalRecord]
    private let bySubject: [ApprovalSubject: [ApprovalRecord]]
    /// Why nobody can tell what was decided about an object.
    private let unread: [ApprovalSubject: String]
    private let environment: String
    private let check: ApprovalCheck

    /// - Parameter unread: why nobody can tell what was decided about an object, which may have
    ///   been denied.
    package init(
        records: [ApprovalRecord], unread: [ApprovalSubject: String] = [:], environment: String,
        check: ApprovalCheck
    ) {
        self.unread = unread
        self.records = Dictionary(records.map { ($0.digest, $0) }) { first, _ in first }
        bySubject = Dictionary(grouping: self.records.values) {
            ApprovalSubject($0.binding.namespace, $0.binding.object)
        }
        self.environment = environment
        self.check = check
    }

    /// What a decision says about one step on one shard.
    package enum Verdict: Hashable, Sendable {
        case approved(Digest)
        /// Nobody decided, or not enough people, or not in time.
        case waiting(reason: String)
        case denied(Digest, reason: String)
    }

    /// The decisions about `step` at `now`, to be asked of each of its shards.
    package func decisions(about step: PlanStep, now: Timestamp) -> StepApprovals {
        let subject = ApprovalSubject(step.namespace, step.object)
        var decisions = StepApprovals(
            records: bySubject[subject] ?? [], step: step, environment: environment, check: check,
            now: now)
        decisions.unread = unread[subject]
        return decisions
    }

    /// The verdict about `step` on one `shard` at `now`; see ``StepApprovals/verdict(on:)``.
    package func verdict(on step: PlanStep, shard: String, now: Timestamp) -> Verdict {
        decisions(about: step, now: now).verdict(on: shard)
    }

    /// What became of a decision when a new plan was made.
    package enum DecisionFate: String, Hashable, Sendable, Codable {
        /// A step of the plan is still exactly what was decided about.
        case retained
        /// The plan changes the same table in another way: it must be asked again.
        case replaced
        /// The plan no longer changes that table on those shards.
        case cleared
    }

    /// What `plan` means for the decision `record`.
    package static func fate(of record: ApprovalRecord, in plan: Plan) -> DecisionFate {
        let binding = record.binding
        let shards = Set(binding.shards)
        let related = plan.steps.filter { step in
            step.namespace == binding.namespace && step.object == binding.object
                && step.shards.contains(where: shards.contains)
        }
        if related.isEmpty { return .cleared }
        let same = related.contains { step in
            // Whether it covers the step is the same for each of the shards that both have.
            step.shards.first(where: shards.contains).map {
                binding.covers(step, shard: $0, environment: plan.environment)
            } ?? false
        }
        return same ? .retained : .replaced
    }
}
