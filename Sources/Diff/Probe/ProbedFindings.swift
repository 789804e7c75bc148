import Schema

/// The server, and the tables around the one that changes.
package struct ProbeContext {
    package var flavour: ServerProfile.Flavour
    /// By name, as they are live and as git wants them.
    package var live: [String: Table]
    package var desired: [String: Table]
    package var checksForeignKeys: Bool
    /// The SQL mode of the session that makes the change.
    package var sqlMode: String
    /// The hints that are due.
    package var renames: Renames

    package init(
        flavour: ServerProfile.Flavour, live: [String: Table] = [:], desired: [String: Table] = [:],
        checksForeignKeys: Bool = true, sqlMode: String = "STRICT_TRANS_TABLES",
        renames: Renames = Renames()
    ) {
        self.sqlMode = sqlMode
        self.flavour = flavour
        self.live = live
        self.desired = desired
        self.checksForeignKeys = checksForeignKeys
        self.renames = renames
    }

    var server: ServerTraits { ServerTraits(flavour: flavour, sqlMode: sqlMode) }
}

extension TableChange {
    /// The findings, each that the data decides with a question for the rows.
    package func probedHazards(
        _ context: ProbeContext
    ) throws(DiffError) -> [HazardFinding] {
        guard kind == .alter, let from else { return try hazards() }
        var result: [HazardFinding] = []
        for rules in try StatementHazards.all(of: alterations, on: from, server: context.server) {
            let maker = QuestionMaker(rules: rules, context: context)
            for clause in rules.alteration.clauses {
                for var finding in rules.findings(of: clause) + rules.computedFindings(of: clause) {
                    if finding.dependsOn.contains(.data) {
                        finding.probe = maker.probe(for: finding, of: clause)
                        if finding.probe == nil { finding.dependsOn.removeAll { $0 == .data } }
                    }
                    result.append(finding)
                }
            }
        }
        if let finding = oldTemporalsFinding { result.append(finding) }
        return result
    }
}
