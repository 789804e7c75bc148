import Schema

/// Adds the triggers that must be created again because another one is.
///
/// A trigger that is created again runs last, so those that git wants to run after it are created
/// again too, in their order.
struct TriggerMoves {
    let states: [Comparison.ObjectState]
    /// Tables that earlier steps rename.
    let renames: [String: String]
    let lookup: (Digest) -> CatalogTable?

    /// The changes, with those of the triggers that have to follow.
    func completing(_ changes: [ObjectChange]) -> [ObjectChange] {
        var result = changes
        var moved: [String: ObjectChange.Leader] = [:]
        for change in changes where change.name.kind == .trigger && change.to != nil {
            moved[change.name.name] = .init(isDrift: change.isDrift, findings: change.findings)
        }
        guard !moved.isEmpty else { return result }
        let changed = Set(changes.map(\.name))
        var resting = states.filter { state in
            state.object.kind == .trigger && state.status == .inSync
                && !changed.contains(state.object)
        }
        while true {
            var due: [ObjectChange] = []
            for state in resting {
                guard let desired = state.desired.flatMap(lookup)?.object,
                    let live = state.observed.flatMap(lookup)?.object?.following(renames)
                else { continue }
                let leaders = desired.predecessors.compactMap { moved[$0] }
                // Follows a change that git asks for, where there is one, rather than a correction
                // of drift.
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
    /// The digest before the step, without the trigger's position, which other steps may change.
    func start() -> Digest? {
        guard name.kind == .trigger, let from, !from.predecessors.isEmpty else { return observed }
        return Digest(of: from.running(after: []).text)
    }
}
