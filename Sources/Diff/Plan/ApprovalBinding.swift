import Schema

/// Exactly what an approval allows: the canonical form whose digest a person approves.
///
/// An edit elsewhere in the plan leaves it alone; any change to the step changes it.
package struct ApprovalBinding: Codable, Hashable, Sendable {
    /// The version of this encoding; a new one asks for every waiting approval again, once.
    package static let currentEncoding = 1

    package var encoding: Int
    package var environment: String
    package var namespace: String
    package var shards: [String]
    package var object: ObjectName
    /// Left out of the encoding where the step renames nothing.
    package var renamedFrom: ObjectName?
    package var kind: PlanStep.Kind
    package var from: Digest?
    package var to: Digest?
    package var hazard: Hazard
    /// What the statements mean, not how they are written: the sorted difference lines.
    package var meaning: [String]

    private enum CodingKeys: String, CodingKey {
        case encoding, environment, namespace, shards
        case object = "table"
        case renamedFrom, kind, from, to, hazard, meaning
    }

    package init(environment: String, step: PlanStep) {
        encoding = Self.currentEncoding
        self.environment = environment
        namespace = step.namespace
        shards = step.shards.sorted()
        object = step.object
        renamedFrom = step.renamedFrom
        kind = step.kind
        from = step.from
        to = step.to
        hazard = step.hazard
        meaning = step.differences.map(\.text).sorted()
    }

    package func digest() throws -> Digest { try CanonicalForm.digest(of: self) }

    /// Whether an approval of this binding allows `step` on `shard`.
    ///
    /// The shards that are still to be done shrink while a rollout goes on; each of them was
    /// among those that the approver saw. A shard that joined later was not.
    package func covers(_ step: PlanStep, shard: String, environment: String) -> Bool {
        guard shards.contains(shard) else { return false }
        var other = ApprovalBinding(environment: environment, step: step)
        other.shards = shards
        return other == self
    }
}
