import Diff
import Execution
import Schema

/// The decisions that people took, and what they mean for a step on a shard.
package struct ApprovalBook: Sendable {
    package private(set) var records: [Digest: ApprovalRecord]
    private let environment: String
    private let minimum: Int
    private let refusesAuthor: Bool

    package init(
        records: [ApprovalRecord], environment: String, minimum: Int, refusesAuthor: Bool
    ) {
        self.records = Dictionary(records.map { ($0.digest, $0) }) { first, _ in first }
        self.environment = environment
        self.minimum = minimum
        self.refusesAuthor = refusesAuthor
    }

    /// What a decision says about one step on one shard.
    package enum Verdict: Hashable, Sendable {
        case approved(Digest)
        /// Nobody decided, or not enough people, or not in time.
        case waiting(reason: String)
        case denied(Digest, reason: String)
    }

    /// The verdict about `step` on `shard` at `now`.
    ///
    /// A denial of exactly this step wins over any approval. An approval counts when it binds
    /// exactly this change, was given for this shard, is not used up there, has not expired, and
    /// has enough approvers other than the change's author.
    package func verdict(on step: PlanStep, shard: String, now: Timestamp) -> Verdict {
        let covering = records.values
            .filter { $0.binding.covers(step, shard: shard, environment: environment) }
            .sorted { $0.digest < $1.digest }
        if let denial = covering.first(where: { $0.decision == .deny }) {
            let reason = denial.approvers.first?.reason ?? ""
            return .denied(denial.digest, reason: reason)
        }
        var obstacle = "no decision yet"
        for record in covering where record.consumed[shard] == nil {
            if let problem = problem(with: record, step: step, now: now) {
                obstacle = problem
            } else {
                return .approved(record.digest)
            }
        }
        return .waiting(reason: obstacle)
    }

    private func problem(with record: ApprovalRecord, step: PlanStep, now: Timestamp) -> String? {
        if let expires = record.expires {
            guard let limit = Timestamp(iso: expires) else {
                return "approval \(record.digest.short) has an unreadable expiry"
            }
            if now >= limit { return "approval \(record.digest.short) expired \(expires)" }
        }
        let author = step.cause.author
        let names = Set(record.approvers.map(\.name))
        let counted = names.filter { !refusesAuthor || $0 != author }
        if counted.count >= max(1, minimum) { return nil }
        if counted.count < names.count {
            return "approval \(record.digest.short) was given by the author of the change, "
                + "\(author ?? "")"
        }
        return Count.of(counted.count, of: minimum, "approval") + " given"
    }

    /// What became of a decision when a new plan was made.
    package enum Standing: String, Hashable, Sendable, Codable {
        /// A step of the plan is still exactly what was decided about.
        case retained
        /// The plan changes the same table in another way: it must be asked again.
        case replaced
        /// The plan no longer changes that table on those shards.
        case cleared
    }

    /// How the decision `record` stands against `plan`.
    package static func standing(of record: ApprovalRecord, in plan: Plan) -> Standing {
        let binding = record.binding
        let related = plan.steps.filter { step in
            step.namespace == binding.namespace && step.table == binding.table
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
