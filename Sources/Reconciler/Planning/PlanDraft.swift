import Diff
import Schema

/// Collects the steps of all classes of shards; equal steps become one.
struct PlanDraft {
    private var steps: [StepKey: PlanStep] = [:]
    private var refused: [RefusedKey: Set<String>] = [:]

    var result: Planner.Result {
        Planner.Result(
            steps: steps.values.sorted(),
            unsupported: refused.map { key, shards in
                UnsupportedTable(
                    namespace: key.namespace, object: key.object, shards: Array(shards),
                    reason: key.reason)
            })
    }

    /// Adds a step, or its shards to the equal step that is there already; `differences` is called
    /// only for a new one.
    mutating func add(_ step: PlanStep, differences: () -> [PlanDifference]) {
        let key = StepKey(step)
        guard var known = steps[key] else {
            var step = step
            step.differences = differences()
            steps[key] = step
            return
        }
        known.shards = (known.shards + step.shards).sorted()
        known.order = max(known.order, step.order)
        known.findings = Self.agreed(known.findings, step.findings)
        steps[key] = known
    }

    mutating func refuse(
        _ object: ObjectName, _ reason: String, namespace: String, shards: [String]
    ) {
        let key = RefusedKey(namespace: namespace, object: object, reason: reason)
        refused[key, default: []].formUnion(shards)
    }

    /// The findings of one step for two classes of shards, whose other tables may differ.
    private static func agreed(
        _ known: [HazardFinding], _ others: [HazardFinding]
    ) -> [HazardFinding] {
        zip(known, others).map { finding, other in
            guard finding.probe != other.probe else { return finding }
            var finding = finding
            finding.probe = DataProbe(
                notAsked: "the tables around it are not the same on all shards")
            return finding
        }
    }

    private struct StepKey: Hashable {
        let namespace: String
        let object: ObjectName
        let from: Digest?
        let to: Digest?
        let cause: PlanCause.Kind
        let rollback: String?
        let statements: [PlanStatement]

        init(_ step: PlanStep) {
            namespace = step.namespace
            object = step.object
            from = step.from
            to = step.to
            cause = step.cause.kind
            rollback = step.cause.rollback?.id
            statements = step.statements
        }
    }

    private struct RefusedKey: Hashable {
        let namespace: String
        let object: ObjectName
        let reason: String
    }
}
