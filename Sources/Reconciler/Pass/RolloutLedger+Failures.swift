import Diff
import Model
import Schema

extension RolloutLedger {
    /// The operations of which a failure is recorded and that the plan does not have any more:
    /// their table is to become another one, or nothing is to be done there.
    func outlivedFailures(_ planned: PlanningPass.Result) throws -> [OperationKey] {
        let failures = try context.memory.failures(in: planned.snapshot)
        guard !failures.isEmpty else { return [] }
        let steps = Self.steps(of: planned.plan)
        let standing = standing(planned)
        return failures.values.filter { failure in
            if let ends = steps[failure.key] {
                return ends != RolloutMerge.Ends(from: failure.from, to: failure.to)
            }
            switch standing(failure.key) {
            case .notKnown: return false
            case .inSync, .notPlanned: return true
            }
        }.map(\.key)
    }
}
