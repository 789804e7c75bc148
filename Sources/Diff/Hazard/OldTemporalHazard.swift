import Schema

extension TableChange {
    /// What is said where the server copies the table only because columns are in an old format of
    /// dates and times; nil elsewhere.
    var oldTemporalsFinding: HazardFinding? {
        guard let from, alterations.contains(where: { $0.copiesOldTemporals(of: from) }) else {
            return nil
        }
        let names = from.oldTemporals.map { SQL.identifier($0) }.joined(separator: ", ")
        return HazardFinding(
            rule: .rebuildTable, hazard: .costly,
            reason: "the server copies table `\(table)`, and with it \(names) out of an old format "
                + "of dates and times",
            remedy: "run it in a quiet hour")
    }
}
