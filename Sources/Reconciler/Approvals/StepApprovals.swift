import Basics
import Diff
import Model
import Schema

/// The decisions about one step, ready to be asked of each of its shards.
///
/// What is the same for all shards (the binding, the digest, the proofs) is looked at once, so a
/// step costs what its shards and the records about it are long, and not their product.
package struct StepApprovals {
    private let candidates: [Candidate]
    private let minimum: Int
    /// Why nobody can tell what was decided; nil where everything can be read.
    var unread: String?

    /// One record that binds exactly the step.
    private struct Candidate {
        let record: ApprovalRecord
        let shards: Set<String>
        let uses: [String: [ApprovalRecord.Use]]
        /// Whether the record's digest is that of its binding.
        let isIntact: Bool
        /// Whether each approval counts, apart from its uses.
        let entries: [Entry]

        var label: String { "approval \(record.digest.short)" }
    }

    private typealias Entry = (
        approver: ApprovalRecord.Approver,
        result: Result<ApprovalCheck.Valid, ApprovalCheck.Refused>
    )

    init(
        records: [ApprovalRecord], step: PlanStep, environment: String, check: ApprovalCheck,
        now: Timestamp
    ) {
        minimum = check.terms.minimum
        var wanted = ApprovalBinding(environment: environment, step: step)
        // The shards that are still to be done shrink while a rollout goes on: each is asked of.
        wanted.shards = []
        candidates = records.filter { record in
            var bound = record.binding
            bound.shards = []
            return bound == wanted
        }.sorted { $0.digest < $1.digest }.map { record in
            Candidate(
                record: record, shards: Set(record.binding.shards), uses: record.usesByShard(),
                isIntact: (try? record.binding.digest()) == record.digest,
                entries: record.approvers.filter { $0.decision != .deny }.map {
                    ($0, check.check($0, in: record, cause: step.cause, now: now))
                })
        }
    }

    /// The verdict on `shard`.
    ///
    /// A denial of exactly this step wins over any approval. An approval counts when it binds
    /// exactly this change, was given for this shard, is not used up there, has not expired, and
    /// has enough approvers other than the change's authors.
    package func verdict(on shard: String) -> ApprovalIndex.Verdict {
        let covering = candidates.filter { $0.shards.contains(shard) }
        if let denial = covering.first(where: { $0.record.decision == .deny })?.record {
            let entry = denial.approvers.first { $0.decision == .deny } ?? denial.approvers.first
            return .denied(denial.digest, reason: entry?.reason ?? "")
        }
        var obstacle = "no decision yet"
        for candidate in covering {
            switch end(of: candidate, on: shard) {
            case .success: return .approved(candidate.record.digest)
            case .failure(let lack): obstacle = lack.reason ?? obstacle
            }
        }
        return .waiting(reason: obstacle)
    }

    /// Until when the approval `digest` lets the step begin on `shard`; nil where it does not.
    package func end(of digest: Digest, on shard: String) -> Timestamp? {
        let candidate = candidates.first { $0.record.digest == digest }
        guard let candidate, candidate.shards.contains(shard) else { return nil }
        return try? end(of: candidate, on: shard).get()
    }

    /// Why the approvals of a record are not enough; `reason` is nil where there is none.
    private struct InsufficientApprovals: Error {
        let reason: String?
    }

    /// The time at which too few approvals of a record are left on `shard`, or what they lack.
    private func end(
        of candidate: Candidate, on shard: String
    ) -> Result<Timestamp, InsufficientApprovals> {
        guard candidate.isIntact else {
            let reason = "\(candidate.label) does not fit what it is bound to"
            return .failure(InsufficientApprovals(reason: reason))
        }
        let own = candidate.uses[shard] ?? []
        let entries = candidate.entries.filter {
            !candidate.record.isUsedUp($0.approver, on: shard, own: own)
        }
        guard !entries.isEmpty else {
            let words = own.last { $0.withdrawn != nil }?.withdrawn
            let reason = words.map { "\(candidate.label) does not count any more: \($0)" }
            return .failure(InsufficientApprovals(reason: reason))
        }
        var valid: [ApprovalCheck.Valid] = []
        var obstacles: [ApprovalCheck.Obstacle] = []
        for entry in entries {
            switch entry.result {
            case .success(let found): valid.append(found)
            case .failure(let refusal): obstacles.append(refusal.obstacle)
            }
        }
        let people = valid.reduce(into: DistinctPeople()) { $0.add($1.person) }
        let ends = people.groups.compactMap { person in
            valid.filter { !$0.person.isDisjoint(with: person) }.map(\.end).max()
        }
        if ends.count >= minimum { return .success(ends.sorted(by: >)[minimum - 1]) }
        if let obstacle = obstacles.last {
            let reason = "\(candidate.label) \(obstacle.phrase)"
            return .failure(InsufficientApprovals(reason: reason))
        }
        let reason = Count.of(people.count, of: minimum, "approval") + " given"
        return .failure(InsufficientApprovals(reason: reason))
    }
}
