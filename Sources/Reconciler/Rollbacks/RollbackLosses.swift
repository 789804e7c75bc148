import Diff
import Model
import Schema

/// What a definition that comes back does not bring with it, one phrase each: the data of what was
/// dropped, and the values that the rollout converted.
enum RollbackLosses {
    /// Clauses after which rows hold other values than before, or fewer rows are there.
    private static let converting: Set<HazardRule> = [
        .discardRows, .leaveInnoDB, .dropSystemVersioning, .dropPartition, .narrowType,
        .convertType, .removeMembers, .reorderMembers, .convertCharacterSet, .generateColumn,
        .changeExpression,
    ]

    /// - Parameters:
    ///   - name: the object's name before the rollout.
    ///   - columns: those that the rollout renamed.
    ///   - findings: what the plan of the rollout said of the step.
    static func of(
        _ name: ObjectName, from: CatalogTable?, to: CatalogTable?,
        columns: [RollbackRecord.Column], findings: [HazardFinding]
    ) -> [String] {
        if from != nil, to == nil {
            switch name.kind {
            case .table: return ["the rows of table `\(name.name)`: it comes back empty"]
            case .sequence: return ["the current value of sequence `\(name.name)`: it begins anew"]
            case .procedure, .function, .view, .trigger, .event: return []
            }
        }
        guard let before = from?.table, let after = to?.table else { return [] }
        let renamed = Set(columns.map { NameFolding.lowered($0.from) })
        let there = Set(after.columns.map { NameFolding.lowered($0.name) })
        let dropped = before.columns.filter { column in
            let name = NameFolding.lowered(column.name)
            return !renamed.contains(name) && !there.contains(name) && column.generated == nil
        }
        let values = findings.filter { finding in
            finding.hazard > .safe && finding.knownRule.map(converting.contains) == true
        }
        return dropped.map { "what column `\($0.name)` held: it comes back empty" }
            + values.map { "the former values, as far as the rollout changed them: \($0.reason)" }
    }
}
