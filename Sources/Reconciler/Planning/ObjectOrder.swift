import Schema

/// The order in which a shard's other objects change, before and after its tables.
struct ObjectOrder {
    /// Objects that are dropped before the tables change, and sequences that tables need.
    let beforeTables: [ObjectChange]
    /// Objects that depend on tables; last come routines and sequences that are dropped, as a view
    /// that still uses one would be invalid until the view itself has changed.
    let afterTables: [ObjectChange]

    /// - Parameters:
    ///   - newTables: the names of tables that are created.
    ///   - standing: the views that do not change, on which others may depend.
    init(_ changes: [ObjectChange], newTables: Set<String>, standing: [ObjectDefinition]) {
        let drops = changes.filter { $0.kind == .drop }.sorted { $1.name.precedes($0.name) }
        let made = changes.filter { $0.kind != .drop }
        let newViews = Set(made.filter { $0.name.kind == .view }.map(\.name.name))
        // Tables, views and sequences share one set of names.
        func place(_ change: ObjectChange) -> Place {
            switch change.name.kind {
            case .procedure, .function: return .last
            case .sequence:
                if newTables.contains(change.name.name) { return .beforeTables }
                return newViews.contains(change.name.name) ? .behindTables : .last
            case .table, .view, .trigger, .event: return .beforeTables
            }
        }
        func gone(_ wanted: Place) -> [ObjectChange] {
            drops.filter { place($0) == wanted }
        }
        let sequences = made.filter { $0.name.kind == .sequence }
            .sorted { $0.name.precedes($1.name) }
        let others = made.filter { $0.name.kind != .sequence }
        beforeTables = gone(.beforeTables) + sequences
        afterTables =
            gone(.behindTables) + Self.byDependency(others, standing) + gone(.last)
    }

    /// The position of a change in the order.
    private enum Place {
        case beforeTables, behindTables, last
    }

    /// Sorted by kind and name, but each view after the views that its text names.
    private static func byDependency(
        _ changes: [ObjectChange], _ standing: [ObjectDefinition]
    ) -> [ObjectChange] {
        let sorted = TriggerSequence.sorted(
            changes.sorted { $0.name.precedes($1.name) }, \.to)
        // A name may also be that of a column, so views in place of a table (`sources`) are sorted
        // last and decide.
        let named = views(in: sorted, standing) { $0.names }
        return views(in: named, standing) { $0.sources }
    }

    /// `changes` with each view after the views that it names, directly or through unchanged views.
    private static func views(
        in changes: [ObjectChange], _ standing: [ObjectDefinition],
        _ names: (ObjectDefinition) -> Set<String>
    ) -> [ObjectChange] {
        let views = Dictionary(
            changes.filter { $0.name.kind == .view }.map { ($0.name.name, $0) }
        ) { first, _ in first }
        let resting = Dictionary(standing.map { ($0.name.name, $0) }) { first, _ in first }
        var done: Set<String> = []
        var result: [ObjectChange] = []
        func add(_ view: String) {
            guard let text = views[view]?.to ?? resting[view], done.insert(view).inserted else {
                return
            }
            names(text).sorted().forEach(add)
            if let change = views[view] { result.append(change) }
        }
        for change in changes {
            if change.name.kind == .view { add(change.name.name) } else { result.append(change) }
        }
        return result
    }
}
