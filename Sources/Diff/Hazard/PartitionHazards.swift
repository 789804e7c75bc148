import Schema

/// The hazards of partitions that come, go and change.
extension StatementHazards {
    func dropped(partitions names: [String]) -> HazardFinding {
        let list = names.map { SQL.identifier($0) }.joined(separator: ", ")
        return HazardFinding(
            rule: .dropPartition, hazard: .irreversible,
            reason: "the rows in partition \(names.joined(separator: ", ")) are gone",
            remedy: "archive what SELECT * FROM \(SQL.identifier(before.name)) PARTITION "
                + "(\(list)) shows, then approve")
    }

    /// More or fewer partitions of a HASH or KEY table.
    var redistributed: HazardFinding {
        let count = after.partitioning.map { $0.count ?? $0.partitions.count } ?? 0
        return HazardFinding(
            rule: .repartition, hazard: .costly,
            reason: "every row is copied to its new partition, of \(count)")
    }

    func reorganized(
        _ names: [String], into new: [Partitioning.Partition]
    ) -> HazardFinding {
        HazardFinding(
            rule: .repartition, hazard: .costly,
            reason: "the rows of partition \(names.joined(separator: ", ")) are copied to "
                + "\(new.map(\.name).joined(separator: ", ")); other partitions stay as they are")
    }

    /// Another partitioning, or none.
    var repartitioned: HazardFinding {
        HazardFinding(
            rule: .repartition, hazard: .costly,
            reason: "every row is copied to its new partition; rows that fit none are refused")
    }
}
