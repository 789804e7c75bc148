import Schema

/// The difference between two definitions of a view, trigger, routine, event or sequence, line by
/// line.
package enum ObjectLines {
    /// Longer texts are only counted: nobody reads so many lines.
    private static let longest = 400

    /// From `from`, as git or a live object has it, to `to`; nil stands for an absent object.
    ///
    /// What one of the two leaves to the server, such as a definer, is left out of the other.
    package static func lines(
        _ name: ObjectName, from: ObjectDefinition?, to: ObjectDefinition?
    ) -> [DifferenceLine] {
        let label = "\(name.kind.rawValue.uppercased()) \(name.name)"
        switch (from, to) {
        case (nil, nil): return []
        case (nil, .some): return [DifferenceLine(.added, .table, "CREATE \(label)")]
        case (.some, nil): return [DifferenceLine(.removed, .table, "DROP \(label)")]
        case (let from?, let to?):
            let found = lines(
                from.omitting(to.omittedClauses).ordered(like: to).text,
                to.omitting(from.omittedClauses).text)
            guard found.isEmpty, !to.predecessors.isEmpty else { return found }
            // The text is the same: a trigger is made again to come behind those that it follows.
            let names = to.predecessors.map(SQL.identifier).joined(separator: ", ")
            return [DifferenceLine(.changed, .table, "made again behind \(names)")]
        }
    }

    private static func lines(_ from: String, _ to: String) -> [DifferenceLine] {
        let old = from.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let new = to.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var changes: [(place: Int, line: DifferenceLine)] = []
        // The difference of the standard library is slow for long texts that have little in common.
        if old.count > longest || new.count > longest {
            return [
                DifferenceLine(
                    .changed, .table, "\(Count.of(old.count, "line")) become \(new.count)")
            ]
        }
        for change in new.difference(from: old) {
            switch change {
            case .remove(let place, let line, _):
                changes.append((place * 2, DifferenceLine(.removed, .table, line)))
            case .insert(let place, let line, _):
                changes.append((place * 2 + 1, DifferenceLine(.added, .table, line)))
            }
        }
        return changes.sorted { $0.place < $1.place }.map(\.line)
    }
}
