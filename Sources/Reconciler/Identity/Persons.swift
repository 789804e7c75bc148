/// People as sets of folded spellings: who shares one is the same.
///
/// It errs on the side of one person: two who really have the same name count as one.
struct Persons {
    /// Disjoint; each is one person.
    private(set) var groups: [Set<String>] = []

    var count: Int { groups.count }

    /// Adds somebody; joins all those whom the spellings show to be the same.
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
