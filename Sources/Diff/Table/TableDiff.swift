import Schema

/// What turns one table into another.
package enum TableDiff {
    /// The statements that turn `from` into `to`, in order; empty where the two are equivalent.
    ///
    /// Normally one. More than one only where a server cannot do it at once: see
    /// ``IntermediateTables``. Every result is applied to the model and checked before it is
    /// returned: what cannot be reached throws `unsupported` with the difference that is left, and
    /// is never left out.
    ///
    /// - Parameters:
    ///   - parentColumns: columns of `from` that foreign keys of other tables refer to.
    ///   - formerKeys: foreign keys that the table had a moment ago: what the server made for them
    ///     may be there.
    package static func changes(
        from: Table, to: Table, renames hints: [ColumnRename] = [],
        indexRenames: [IndexRename] = [], parentColumns: Set<String> = [],
        formerKeys: [ForeignKey] = [], flavour: ServerProfile.Flavour = .mariadb
    ) throws(DiffError) -> [Alteration] {
        var walk = Walk(
            current: from.inCurrentFormat, formerKeys: formerKeys, flavour: flavour)
        if from.name != to.name { try walk.take(Alteration(clauses: [.renameTable(to: to.name)])) }
        let renames = try ColumnRename.due(hints, from: walk.current, to: to)
        walk.indexRenames = try IndexRename.due(
            indexRenames, from: walk.current, to: to, columns: renames)
        if walk.current.isEquivalent(to: to) { return walk.alterations }
        func intermediate() -> IntermediateTables {
            IntermediateTables(from: walk.current, to: to, renames: renames, flavour: flavour)
        }
        do {
            if intermediate().removesPartitioningFirst {
                try walk.take(Alteration(clauses: [.removePartitioning]))
            }
            let values = KeptValues(
                from: walk.current, to: to, renames: renames, flavour: flavour)
            if let kept = values.targets { try walk.step(to: kept.stored, over: kept.cleared) }
            let cleared = intermediate().cleared
            if cleared.columns.isEmpty, let next = intermediate().targets.first {
                try walk.step(to: next, over: cleared)
            } else {
                try walk.step(to: cleared)
            }
            // No server copies a table while a column of a foreign key gets another name (error
            // 1846).
            let held = parentColumns.union(walk.current.foreignKeyColumns)
            let first = renames.filter { held.contains($0.key) }
            if !first.isEmpty {
                if flavour == .mysql {
                    let rename = KeyColumnRename(table: walk.current, columns: Set(first.keys))
                    try walk.step(to: rename.cleared)
                }
                try walk.step(to: walk.current.renamingColumns(first), renames: first)
            }
            for target in intermediate().targets {
                try walk.step(to: target, renames: renames)
            }
            for target in ClusteredIndexOrder(to: to).targets(behind: walk.current) {
                try walk.step(to: target)
            }
            for clause in PartitionDiff.clauses(
                from: walk.current.partitioning, to: to.partitioning)
            {
                try walk.take(Alteration(clauses: [clause]))
            }
        } catch {
            throw DiffError(
                .unsupported, table: to.name,
                "no statement leads from the live table to the desired one: \(error.message); "
                    + "take it in two changes of the schema")
        }
        guard walk.current.isEquivalent(to: to) else {
            let left = DifferenceLines.lines(from: walk.current, to: to)
                .map(\.description).joined(separator: ", ")
            throw DiffError(
                .unsupported, table: to.name,
                "no statement for this difference is known: \(left); change it by hand and record "
                    + "it, or take it out of the schema")
        }
        return walk.alterations
    }

    /// The table on the way, with the statements so far.
    private struct Walk {
        var current: Table
        var alterations: [Alteration] = []
        let formerKeys: [ForeignKey]
        let flavour: ServerProfile.Flavour
        /// Live name → desired name.
        var indexRenames: [String: String] = [:]

        init(current: Table, formerKeys: [ForeignKey], flavour: ServerProfile.Flavour) {
            self.current = current
            self.flavour = flavour
            self.formerKeys = current.foreignKeys + formerKeys
        }

        mutating func take(_ alteration: Alteration) throws(DiffError) {
            guard !alteration.clauses.isEmpty else { return }
            current = try current.applying(alteration)
            alterations.append(alteration)
        }

        /// Both steps in one statement, as a table cannot be without columns in between.
        mutating func step(to target: Table, over cleared: Table) throws(DiffError) {
            let steps = [(current, cleared), (cleared, target)].map { from, to in
                StepDiff(from: from, to: to, renames: [:], formerKeys: formerKeys, flavour: flavour)
            }
            try take(Alteration(clauses: steps.flatMap(\.alteration.clauses)))
        }

        mutating func step(to target: Table, renames: [String: String] = [:]) throws(DiffError) {
            // A hint is due once: on later steps its old name is gone.
            let due = renames.filter { old, _ in current.columns.contains { $0.name == old } }
            let step = StepDiff(
                from: current, to: target, renames: due, indexRenames: indexRenames,
                formerKeys: formerKeys, flavour: flavour)
            try take(step.alteration)
        }
    }
}
