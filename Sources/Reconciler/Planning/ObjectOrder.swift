import Schema

/// The order of the objects' changes around those of the tables of a shard.
struct ObjectOrder {
    /// What goes, as it may stand in the way, and the sequences that tables use.
    let beforeTables: [ObjectChange]
    /// What rests on tables, and last the routines and sequences that nothing uses any more: a view
    /// whose function went before the view changed would be broken for that long.
    let afterTables: [ObjectChange]

    /// - Parameters:
    ///   - newTables: the names of tables that come.
    ///   - standing: the views that stay as they are, which others may rest on.
    init(_ changes: [ObjectChange], newTables: Set<String>, standing: [ObjectDefinition]) {
        let drops = changes.filter { $0.kind == .drop }.sorted { $1.name.precedes($0.name) }
        let made = changes.filter { $0.kind != .drop }
        let newViews = Set(made.filter { $0.name.kind == .view }.map(\.name.name))
        // Tables, views and sequences share their names.
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

    /// Where in the order something goes.
    private enum Place {
        case beforeTables, behindTables, last
    }

    /// By kind and name, but a view behind the views that its text names.
    private static func byDependency(
        _ changes: [ObjectChange], _ standing: [ObjectDefinition]
    ) -> [ObjectChange] {
        let sorted = TriggerSequence.sorted(
            changes.sorted { $0.name.precedes($1.name) }, \.to)
        // A name may be that of a column as well: what stands in the place of a table decides.
        let named = views(in: sorted, standing) { $0.names }
        return views(in: named, standing) { $0.sources }
    }

    /// `changes` with each view behind those that it names, and that those name which stay.
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
