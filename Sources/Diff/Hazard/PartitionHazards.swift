import Schema

extension HazardRules {
    func partitioning(_ clause: Clause) -> HazardFinding {
        switch clause {
        case .dropPartitions(let names):
            let list = names.map { SQL.identifier($0) }.joined(separator: ", ")
            return HazardFinding(
                rule: "drop-partition", hazard: .irreversible,
                reason: "the rows in partition \(names.joined(separator: ", ")) are gone",
                remedy: "archive what SELECT * FROM \(SQL.identifier(before.name)) PARTITION "
                    + "(\(list)) shows, then approve")
        case .growPartitions where before.partitioning?.kind == .systemTime, .addPartitions:
            return HazardFinding(
                rule: "add-partition", hazard: .safe, reason: "empty partitions are added")
        case .growPartitions, .coalescePartitions:
            let count = after.partitioning.map { $0.count ?? $0.partitions.count } ?? 0
            return HazardFinding(
                rule: "repartition", hazard: .costly,
                reason: "every row is copied to its new partition, of \(count)")
        case .reorganizePartitions(let names, let new):
            return HazardFinding(
                rule: "repartition", hazard: .costly,
                reason: "the rows of partition \(names.joined(separator: ", ")) are copied to "
                    + "\(new.map(\.name).joined(separator: ", ")); other partitions stay as "
                    + "they are")
        default:
            return HazardFinding(
                rule: "repartition", hazard: .costly,
                reason: "every row is copied to its new partition; rows that fit none are refused")
        }
    }
}
