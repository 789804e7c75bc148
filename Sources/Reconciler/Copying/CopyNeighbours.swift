import Diff
import Schema

/// What stands beside a table and keeps it from being copied online: tables that refer to it by
/// foreign keys, and triggers on it, as far as they are managed.
///
/// Costs a look at the tables of each class of shards on which something would be copied.
struct CopyNeighbours {
    let comparison: Comparison
    let catalog: (Digest) -> CatalogTable?

    /// Lets those of the steps be made directly that would be copied and cannot be.
    func withdraw(from steps: inout [PlanStep]) {
        for place in steps.indices where steps[place].engine == .copy {
            guard let obstacle = obstacle(to: steps[place]) else { continue }
            steps[place].engine = nil
            steps[place].engineReason = "it is not copied online: \(obstacle)"
        }
    }

    private func obstacle(to step: PlanStep) -> String? {
        let shards = Set(step.shards)
        for variant in comparison.variants
        where comparison.schemas[variant.schema].namespace == step.namespace
            && variant.shards.contains(where: shards.contains)
        {
            for (name, digest) in variant.live.tables.sorted(by: { $0.key < $1.key }) {
                guard let found = catalog(digest) else { continue }
                if let reason = Self.obstacle(in: found, ObjectName(encoded: name), to: step) {
                    return reason
                }
            }
        }
        return nil
    }

    private static func obstacle(
        in found: CatalogTable, _ object: ObjectName, to step: PlanStep
    ) -> String? {
        let wanted = step.object.name.lowercased()
        if let table = found.table {
            let refers = table.foreignKeys.contains { key in
                key.referencedSchema == nil && key.referencedTable.lowercased() == wanted
            }
            return refers
                ? "the table `\(object.name)` refers to it by a foreign key, which would go on "
                    + "referring to the former table" : nil
        }
        guard object.kind == .trigger, found.object?.triggerSlot?.table.lowercased() == wanted
        else {
            return nil
        }
        return "the trigger `\(object.name)` is on it, and would stay on the former table"
    }
}
