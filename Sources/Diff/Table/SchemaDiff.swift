import Schema

/// What happens to one table of a shard.
package struct TableChange: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable {
        case create, alter, drop
    }

    package var kind: Kind
    /// The table's name in the desired schema; for a drop, its live name.
    package var table: String
    /// The live table; nil for one that is made.
    package var from: Table?
    /// The desired table; nil for one that is dropped.
    package var to: Table?
    /// The statements of an `alter`; the first one renames the table where a hint is due.
    package var alterations: [Alteration]
    /// True where `to` is only on the way to the desired table: what is left is found by the next
    /// comparison.
    package var isFirstPart = false
    /// True where no order of the statements satisfies the foreign keys on the way: the session
    /// sets `foreign_key_checks=0` for this change.
    package var withoutForeignKeyChecks: Bool

    package init(
        kind: Kind, table: String, from: Table? = nil, to: Table? = nil,
        alterations: [Alteration] = [], withoutForeignKeyChecks: Bool = false
    ) {
        self.kind = kind
        self.table = table
        self.from = from
        self.to = to
        self.alterations = alterations
        self.withoutForeignKeyChecks = withoutForeignKeyChecks
    }

    /// The statements in order, one line each but for `CREATE TABLE`.
    package func statements(flavour: ServerProfile.Flavour) -> [String] {
        switch kind {
        case .create: return to.map { [$0.createStatement(flavour: flavour)] } ?? []
        case .drop: return ["DROP TABLE \(SQL.identifier(table))"]
        case .alter:
            var name = from?.name ?? table
            return alterations.map { alteration in
                let text = alteration.sql(table: name, flavour: flavour)
                for case .renameTable(let newName) in alteration.clauses { name = newName }
                return text
            }
        }
    }
}

/// What turns the tables of one shard into the desired ones.
package enum SchemaDiff {
    /// The changes in the order in which they can run.
    ///
    /// Tables of `from` that are not in `to` are dropped only where `droppable` names them, and
    /// left alone otherwise. Parents of foreign keys come before children; what is dropped comes
    /// last, children first, unless it holds on to what another change takes away. Members of
    /// a cycle are flagged ``TableChange/withoutForeignKeyChecks``. Throws the first refusal.
    package static func changes(
        from: [String: Table], to: [String: Table], columnRenames: [ColumnRename] = [],
        tableRenames: [TableRename] = [], droppable: Set<String> = [],
        flavour: ServerProfile.Flavour = .mariadb
    ) throws(DiffError) -> [TableChange] {
        let difference = try difference(
            from: from, to: to, columnRenames: columnRenames, tableRenames: tableRenames,
            droppable: droppable, flavour: flavour)
        if let refusal = difference.refusals.first { throw refusal }
        return difference.changes
    }

    /// What leads from one schema to the other.
    package struct Difference {
        package var changes: [TableChange] = []
        /// One for each table that has to be left alone.
        package var refusals: [DiffError] = []
        /// Tables whose change is left for later, whole or in part: they hold others.
        package var postponed: Set<String> = []
    }

    /// The changes that can be given, and a refusal for each table that has to be left alone.
    ///
    /// Throws only for hints of table renames that contradict what is live or desired.
    package static func difference(
        from: [String: Table], to: [String: Table], columnRenames: [ColumnRename] = [],
        tableRenames: [TableRename] = [], droppable: Set<String> = [],
        flavour: ServerProfile.Flavour = .mariadb
    ) throws(DiffError) -> Difference {
        let renames = try dueRenames(tableRenames, from: from, to: to)
        var live: [String: Table] = [:]
        for (name, table) in from { live[renames[name] ?? name] = following(renames, in: table) }
        var changes: [TableChange] = []
        var refusals: [DiffError] = []
        for (name, desired) in to.sorted(by: { $0.key < $1.key }) {
            guard let present = live[name] else {
                changes.append(TableChange(kind: .create, table: name, to: desired))
                continue
            }
            do throws(DiffError) {
                let alterations = try TableDiff.changes(
                    from: present, to: desired, renames: columnRenames, flavour: flavour)
                guard !alterations.isEmpty else { continue }
                changes.append(
                    TableChange(
                        kind: .alter, table: name, from: present, to: desired,
                        alterations: alterations))
            } catch {
                refusals.append(error)
            }
        }
        let drops = from.filter { name, _ in
            droppable.contains(name) && to[name] == nil && renames[name] == nil
        }
        for (name, table) in drops.sorted(by: { $0.key < $1.key }) {
            changes.append(TableChange(kind: .drop, table: name, from: table))
        }
        return ordered(
            changes, live: Array(live.values), desired: Set(to.keys), refusals: refusals)
    }

    /// Leaves out what no order allows, until the rest has one.
    private static func ordered(
        _ changes: [TableChange], live: [Table], desired: Set<String>, refusals: [DiffError]
    ) -> Difference {
        var changes = changes
        var refusals = refusals
        var postponed: Set<String> = []
        while true {
            let changed = Set(changes.compactMap { $0.from?.name })
            let untouched = live.filter { !changed.contains($0.name) }
                .sorted { $0.name < $1.name }
            do throws(DiffError) {
                let order = ForeignKeyOrder(changes: changes, untouched: untouched)
                return Difference(
                    changes: try order.sorted(), refusals: refusals, postponed: postponed)
            } catch {
                let quiet = untouched.filter { desired.contains($0.name) }
                if let parts = FirstParts(changes, quiet: quiet, refusal: error) {
                    changes = parts.changes
                    postponed.formUnion(parts.postponed)
                    continue
                }
                refusals.append(error)
                let count = changes.count
                changes.removeAll { $0.table == error.table || $0.table == error.parent }
                // Every refusal names a change: without one there is nothing left to leave out.
                if changes.count == count { return Difference(refusals: refusals) }
            }
        }
    }

    /// Live name → desired name.
    private static func dueRenames(
        _ hints: [TableRename], from: [String: Table], to: [String: Table]
    ) throws(DiffError) -> [String: String] {
        var due: [String: String] = [:]
        for hint in hints where hint.from != hint.to && from[hint.from] != nil {
            if from[hint.to] != nil {
                throw DiffError(
                    .renameConflict, table: hint.to,
                    "the hint renames table `\(hint.from)` to `\(hint.to)`, but both are live; "
                        + "drop one of them or remove the hint")
            }
            guard to[hint.to] != nil else { continue }
            if to[hint.from] != nil {
                throw DiffError(
                    .renameConflict, table: hint.to,
                    "the hint renames table `\(hint.from)` to `\(hint.to)`, but both are desired; "
                        + "remove the hint or the old table")
            }
            if due[hint.from] != nil || due.values.contains(hint.to) {
                throw DiffError(
                    .renameConflict, table: hint.to,
                    "two hints claim table `\(hint.from)` or `\(hint.to)`; keep one of them")
            }
            due[hint.from] = hint.to
        }
        return due
    }

    /// Foreign keys follow a parent that is renamed by themselves.
    private static func following(_ renames: [String: String], in table: Table) -> Table {
        var result = table
        for (place, key) in table.foreignKeys.enumerated()
        where key.referencedSchema == nil && key.referencedTable != table.name {
            result.foreignKeys[place].referencedTable =
                renames[key.referencedTable] ?? key.referencedTable
        }
        return result
    }
}
