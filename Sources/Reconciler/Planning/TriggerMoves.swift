import Schema

/// What the change of a trigger means for those that have to run behind it.
///
/// A trigger that is made again runs last: those that git wants behind it are made again too, in
/// their order.
struct TriggerMoves {
    let states: [Comparison.ObjectState]
    /// Tables that get other names before.
    let renames: [String: String]
    let lookup: (Digest) -> CatalogTable?

    /// The changes, with those of the triggers that have to move.
    func completing(_ changes: [ObjectChange]) -> [ObjectChange] {
        var result = changes
        var moved: [String: ObjectChange.Leader] = [:]
        for change in changes where change.name.kind == .trigger && change.to != nil {
            moved[change.name.name] = .init(isDrift: change.isDrift, findings: change.findings)
        }
        guard !moved.isEmpty else { return result }
        let changed = Set(changes.map(\.name))
        var resting = states.filter { state in
            let name = ObjectName(encoded: state.table)
            return name.kind == .trigger && state.status == .inSync && !changed.contains(name)
        }
        while true {
            var due: [ObjectChange] = []
            for state in resting {
                guard let desired = state.desired.flatMap(lookup)?.object,
                    let live = state.observed.flatMap(lookup)?.object?.following(renames)
                else { continue }
                let leaders = desired.after.compactMap { moved[$0] }
                // Where one of them moves for git's sake, this one has to move too.
                guard let leader = leaders.first(where: { !$0.isDrift }) ?? leaders.first else {
                    continue
                }
                due.append(
                    ObjectChange(
                        name: desired.name, state: state, from: live,
                        observed: Digest(of: live.text), to: desired, leader: leader))
            }
            guard !due.isEmpty else { break }
            for change in due { moved[change.name.name] = change.leader }
            resting.removeAll { state in due.contains { $0.state == state } }
            result += due
        }
        return result
    }
}

extension ObjectChange {
    /// The digest that a step starts from: wherever a trigger runs, as other steps move it.
    func start() -> Digest? {
        guard name.kind == .trigger, let from, !from.after.isEmpty else { return observed }
        return Digest(of: from.running(after: []).text)
    }
}
