/// What one clause may do to a table with rows in it.
package struct HazardFinding: Hashable, Sendable, Codable {
    /// The id of a ``HazardRule``: `narrow-type`. In a plan that another release wrote it may be
    /// one that this release does not know, which is kept as it is.
    package let rule: String
    package var hazard: Hazard
    /// What happens, with the names of what it happens to.
    package var reason: String
    /// What to do about it; empty where nothing has to be done.
    package var remedy: String
    /// A friendlier way to the same schema, such as the rename hint that was perhaps meant.
    package var suggestion: String?
    /// Sorted by name; empty where nothing but the change itself decides.
    package var dependsOn: [Dependency]
    /// What the rows say, where ``dependsOn`` has `data`.
    package var probe: DataProbe?

    package init(
        rule: HazardRule, hazard: Hazard, reason: String, remedy: String = "",
        suggestion: String? = nil
    ) {
        self.rule = rule.rawValue
        self.hazard = hazard
        self.reason = reason
        self.remedy = remedy
        self.suggestion = suggestion
        dependsOn = rule.dependsOn(hazard)
    }

    /// Nil for a rule of another release.
    package var knownRule: HazardRule? { HazardRule(rawValue: rule) }

    /// Whether it costs those who use the old name of a table or column, and not the server.
    package var isAboutNames: Bool { knownRule?.isAboutNames ?? false }

    private enum CodingKeys: String, CodingKey {
        case rule, hazard, reason, remedy, suggestion, dependsOn, probe
    }

    /// Reads plans of older releases too, which say nothing of data.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        rule = try values.decode(String.self, forKey: .rule)
        hazard = try values.decode(Hazard.self, forKey: .hazard)
        reason = try values.decode(String.self, forKey: .reason)
        remedy = try values.decode(String.self, forKey: .remedy)
        suggestion = try values.decodeIfPresent(String.self, forKey: .suggestion)
        dependsOn = try values.decodeIfPresent([Dependency].self, forKey: .dependsOn) ?? []
        probe = try values.decodeIfPresent(DataProbe.self, forKey: .probe)
    }
}

extension Sequence<HazardFinding> {
    /// The worst of them; safe where there is none.
    package var worst: Hazard { map(\.hazard).max() ?? .safe }
}

/// A finding with the clause that it is about.
package struct ClauseFinding: Hashable, Sendable {
    package var clause: Clause
    package var finding: HazardFinding

    package init(clause: Clause, finding: HazardFinding) {
        self.clause = clause
        self.finding = finding
    }
}
