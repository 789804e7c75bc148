import Schema

/// The server, and the tables around the one that changes.
package struct ProbeContext {
    package var flavour: ServerProfile.Flavour
    /// By name, as they are live and as git wants them.
    package var live: [String: Table]
    package var desired: [String: Table]
    package var checksForeignKeys: Bool
    /// The hints that are due.
    package var renames: Renames

    package init(
        flavour: ServerProfile.Flavour, live: [String: Table] = [:], desired: [String: Table] = [:],
        checksForeignKeys: Bool = true, renames: Renames = Renames()
    ) {
        self.flavour = flavour
        self.live = live
        self.desired = desired
        self.checksForeignKeys = checksForeignKeys
        self.renames = renames
    }
}

extension TableChange {
    /// The findings, each that the data decides with a question for the rows.
    package func probedHazards(
        _ context: ProbeContext
    ) throws(DiffError) -> [HazardFinding] {
        guard kind == .alter, let from else { return try hazards() }
        var before = from.inCurrentFormat
        var columns = LiveColumns(live: before)
        var result: [HazardFinding] = []
        for alteration in alterations {
            let after = try before.applying(alteration)
            columns.take(alteration)
            let rules = HazardRules(
                before: before, after: after, alteration: alteration, columns: columns)
            let maker = QuestionMaker(after: after, columns: columns, context: context)
            for clause in alteration.clauses {
                for var finding in rules.findings(of: clause) {
                    if finding.dependsOn.contains(.data) {
                        finding.probe = maker.probe(for: finding, of: clause)
                        if finding.probe == nil { finding.dependsOn.removeAll { $0 == .data } }
                    }
                    result.append(finding)
                }
            }
            before = after
        }
        if let finding = oldTemporalsFinding { result.append(finding) }
        return result
    }
}
