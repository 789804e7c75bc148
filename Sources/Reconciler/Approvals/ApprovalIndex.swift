import Basics
import Diff
import Model
import Schema

/// The recorded approvals and denials, and what they mean for a step on a shard.
package struct ApprovalIndex: Sendable {
    /// The records by the digest of the step that they are about.
    package private(set) var records: [Digest: ApprovalRecord]
    private let environment: String
    private let check: ApprovalCheck

    package init(records: [ApprovalRecord], environment: String, check: ApprovalCheck) {
        self.records = Dictionary(records.map { ($0.digest, $0) }) { first, _ in first }
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

    /// The valid approvals of one record for a step, and until when enough of them are valid.
    package struct ValidApprovals: Hashable, Sendable {
        package let entries: [ApprovalCheck.Valid]
        /// The time at which too few of them are left.
        package let until: Timestamp
    }

    /// The verdict about `step` on `shard` at `now`.
    ///
    /// A denial of exactly this step wins over any approval. An approval counts when it binds
    /// exactly this change, was given for this shard, is not used up there, has not expired, and
    /// has enough approvers other than the change's authors.
    package func verdict(on step: PlanStep, shard: String, now: Timestamp) -> Verdict {
        let covering = records.values
            .filter { $0.binding.covers(step, shard: shard, environment: environment) }
            .sorted { $0.digest < $1.digest }
        if let denial = covering.first(where: { $0.decision == .deny }) {
            let entry = denial.approvers.first { $0.decision == .deny } ?? denial.approvers.first
            return .denied(denial.digest, reason: entry?.reason ?? "")
        }
        var obstacle = "no decision yet"
        for record in covering {
            switch validApprovals(of: record, for: step, on: shard, now: now) {
            case .success: return .approved(record.digest)
            case .failure(let lack): obstacle = lack.reason ?? obstacle
            }
        }
        return .waiting(reason: obstacle)
    }

    /// Until when the approval `digest` lets `step` begin on `shard`; nil where it does not.
    package func end(
        of digest: Digest, for step: PlanStep, on shard: String, now: Timestamp
    ) -> Timestamp? {
        guard let record = records[digest] else { return nil }
        return try? validApprovals(of: record, for: step, on: shard, now: now).get().until
    }

    /// Why the approvals of a record are not enough; `reason` is nil where there is no record.
    package struct InsufficientApprovals: Error, Hashable, Sendable {
        package let reason: String?
    }

    /// The approvals in `record` that count for `step` on `shard`, or why they are not enough.
    package func validApprovals(
        of record: ApprovalRecord, for step: PlanStep, on shard: String, now: Timestamp
    ) -> Result<ValidApprovals, InsufficientApprovals> {
        let label = "approval \(record.digest.short)"
        guard (try? record.binding.digest()) == record.digest else {
            return .failure(
                InsufficientApprovals(reason: "\(label) does not fit what it is bound to"))
        }
        let entries = record.approvers.filter {
            $0.decision != .deny && !record.isUsedUp($0, on: shard)
        }
        guard !entries.isEmpty else { return .failure(InsufficientApprovals(reason: nil)) }
        var valid: [ApprovalCheck.Valid] = []
        var obstacles: [ApprovalCheck.Obstacle] = []
        for entry in entries {
            switch check.check(entry, in: record, cause: step.cause, now: now) {
            case .success(let found): valid.append(found)
            case .failure(let refusal): obstacles.append(refusal.obstacle)
            }
        }
        let minimum = check.terms.minimum
        if let until = Self.end(of: valid, minimum: minimum) {
            return .success(ValidApprovals(entries: valid, until: until))
        }
        if let obstacle = obstacles.last {
            return .failure(InsufficientApprovals(reason: "\(label) \(obstacle.phrase)"))
        }
        let people = Self.people(valid).count
        return .failure(
            InsufficientApprovals(reason: Count.of(people, of: minimum, "approval") + " given"))
    }

    private static func people(_ entries: [ApprovalCheck.Valid]) -> DistinctPeople {
        entries.reduce(into: DistinctPeople()) { $0.add($1.person) }
    }

    /// Until when approvals of enough different people are valid; nil where there never were
    /// enough.
    private static func end(of entries: [ApprovalCheck.Valid], minimum: Int) -> Timestamp? {
        let ends = people(entries).groups.compactMap { person in
            entries.filter { !$0.person.isDisjoint(with: person) }.map(\.end).max()
        }
        return ends.count < minimum ? nil : ends.sorted(by: >)[minimum - 1]
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
        let related = plan.steps.filter { step in
            step.namespace == binding.namespace && step.object == binding.object
                && step.shards.contains(where: binding.shards.contains)
        }
        if related.isEmpty { return .cleared }
        let same = related.contains { step in
            step.shards.contains {
                binding.covers(step, shard: $0, environment: plan.environment)
            }
        }
        return same ? .retained : .replaced
    }
}
