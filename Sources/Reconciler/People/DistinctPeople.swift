/// Persons as sets of folded spellings; sets that share a spelling are one person.
///
/// When in doubt it counts too few: two people with the same name are one person.
struct DistinctPeople {
    /// Disjoint sets, one for each person.
    private(set) var groups: [Set<String>] = []

    var count: Int { groups.count }

    /// Adds a person, and merges all persons that share one of the spellings.
    mutating func add(_ keys: Set<String>) {
        guard !keys.isEmpty else { return }
        var joined = keys
        var rest: [Set<String>] = []
        for group in groups {
            if group.isDisjoint(with: keys) { rest.append(group) } else { joined.formUnion(group) }
        }
        groups = rest + [joined]
    }
}
