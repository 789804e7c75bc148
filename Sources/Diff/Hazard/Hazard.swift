/// How much a change can hurt.
package enum Hazard: String, Hashable, Sendable, Codable, CaseIterable {
    /// Nothing is lost and nothing is copied.
    case safe
    /// Nothing is lost; the table is rebuilt or copied, or code that uses an old name fails.
    case costly
    /// Values may be cut or refused: the data decides.
    case lossy
    /// Data is gone, and no statement brings it back.
    case irreversible
}

extension Hazard: Comparable {
    private var rank: Int {
        switch self {
        case .safe: 0
        case .costly: 1
        case .lossy: 2
        case .irreversible: 3
        }
    }

    package static func < (left: Hazard, right: Hazard) -> Bool { left.rank < right.rank }
}

/// What decides whether, and how much, a finding hurts.
package enum Dependency: String, Hashable, Sendable, Codable, CaseIterable {
    /// The rows that are there.
    case data
    /// The kind and the version of the server, which choose the algorithm.
    case server
    /// How many rows there are.
    case size
}

/// What one clause may do to a table with rows in it.
package struct HazardFinding: Hashable, Sendable, Codable {
    /// Stable, in kebab case: `narrow-type`. Policies and views refer to it.
    package var rule: String
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
        rule: String, hazard: Hazard, reason: String, remedy: String = "",
        suggestion: String? = nil, dependsOn: [Dependency]? = nil
    ) {
        self.rule = rule
        self.hazard = hazard
        self.reason = reason
        self.remedy = remedy
        self.suggestion = suggestion
        self.dependsOn =
            dependsOn?.sorted { $0.rawValue < $1.rawValue }
            ?? Dependency.of(rule: rule, hazard: hazard)
    }

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

/// A finding with the clause that it is about.
package struct ClauseFinding: Hashable, Sendable {
    package var clause: Clause
    package var finding: HazardFinding

    package init(clause: Clause, finding: HazardFinding) {
        self.clause = clause
        self.finding = finding
    }
}

extension HazardFinding {
    static let renameTable = "rename-table"
    static let renameColumn = "rename-column"

    /// Whether the change is dear for those who use the table, and not for the server.
    package var isAboutNames: Bool { rule == Self.renameTable || rule == Self.renameColumn }
}

extension Sequence<HazardFinding> {
    /// The worst of them; safe where there is none.
    package var worst: Hazard { map(\.hazard).max() ?? .safe }
}
