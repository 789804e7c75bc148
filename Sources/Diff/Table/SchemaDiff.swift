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
    /// The name that the table has before an `alter` that renames it; nil for every other change.
    package var renamedFrom: String? {
        guard kind == .alter, let from, from.name != table else { return nil }
        return from.name
    }

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
        from: [String: Table], to: [String: Table], renames: Renames = Renames(),
        droppable: Set<String> = [],
        flavour: ServerProfile.Flavour = .mariadb
    ) throws(DiffError) -> [TableChange] {
        let difference = try difference(
            from: from, to: to, renames: renames, droppable: droppable, flavour: flavour)
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
        from: [String: Table], to: [String: Table], renames: Renames = Renames(),
        droppable: Set<String> = [],
        flavour: ServerProfile.Flavour = .mariadb
    ) throws(DiffError) -> Difference {
        let due = try dueRenames(renames.tables, from: from, to: to)
        var live: [String: Table] = [:]
        for (name, table) in from { live[due[name] ?? name] = table.following(due) }
        let parentColumns = parentColumns(in: live.values)
        live = followingColumns(renames.columns, live: live, desired: to)
        var changes: [TableChange] = []
        var refusals: [DiffError] = []
        for (name, desired) in to.sorted(by: { $0.key < $1.key }) {
            guard let present = live[name] else {
                changes.append(TableChange(kind: .create, table: name, to: desired))
                continue
            }
            do throws(DiffError) {
                let alterations = try TableDiff.changes(
                    from: present, to: desired, renames: renames.columns,
                    indexRenames: renames.indexes, parentColumns: parentColumns[name] ?? [],
                    flavour: flavour)
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
            droppable.contains(name) && to[name] == nil && due[name] == nil
        }
        for name in drops.keys.sorted() {
            changes.append(TableChange(kind: .drop, table: name, from: from[name]))
        }
        return ordered(
            changes, from: from, live: Array(live.values), desired: Set(to.keys),
            refusals: refusals,
            flavour: flavour)
    }

    /// Pairs of a live table that is not desired and a desired one that is not live with the same
    /// columns in the same order, where nothing else is like either of the two.
    package static func likelyRenames(
        from: [String: Table], to: [String: Table]
    ) -> [TableRename] {
        func byColumns(_ tables: [String: Table]) -> [[String]: [Table]] {
            Dictionary(grouping: tables.values) { $0.columns.map(\.name) }
        }
        let gone = byColumns(from.filter { to[$0.key] == nil })
        let new = byColumns(to.filter { from[$0.key] == nil })
        // Two that are alike are as good as many: a fleet may have thousands of them.
        func only(_ tables: [Table]?, _ isAlike: (Table) -> Bool) -> Table? {
            let alike = (tables ?? []).lazy.filter(isAlike).prefix(2)
            return alike.count == 1 ? alike.first : nil
        }
        return gone.flatMap { columns, tables in
            tables.compactMap { old -> TableRename? in
                guard let match = only(new[columns], { old.hasColumns(of: $0) }),
                    only(tables, { $0.hasColumns(of: match) }) != nil
                else { return nil }
                return TableRename(from: old.name, to: match.name)
            }
        }.sorted { $0.from < $1.from }
    }

    /// By table the columns that foreign keys of other tables refer to.
    private static func parentColumns(in tables: some Collection<Table>) -> [String: Set<String>] {
        var result: [String: Set<String>] = [:]
        for table in tables {
            for key in table.foreignKeys
            where key.referencedSchema == nil && key.referencedTable != table.name {
                result[key.referencedTable, default: []].formUnion(key.referencedColumns)
            }
        }
        return result
    }

    /// Leaves out what no order allows, until the rest has one.
    ///
    /// `live` are the tables of `from` once their parents have their new names.
    private static func ordered(
        _ changes: [TableChange], from: [String: Table], live: [Table], desired: Set<String>,
        refusals: [DiffError],
        flavour: ServerProfile.Flavour
    ) -> Difference {
        var changes = changes
        var refusals = refusals
        var postponed: Set<String> = []
        while true {
            let changed = Set(changes.compactMap { $0.from?.name })
            let untouched = live.filter { !changed.contains($0.name) }
                .sorted { $0.name < $1.name }
            do throws(DiffError) {
                let order = ForeignKeyOrder(
                    changes: changes, untouched: untouched, flavour: flavour)
                let sorted = try order.sorted()
                try requireRenamesFirst(sorted)
                return Difference(
                    changes: sorted, refusals: refusals, postponed: postponed)
            } catch {
                let quiet = untouched.filter { desired.contains($0.name) }
                if let parts = FirstParts(
                    changes, live: from, quiet: quiet, refusal: error)
                {
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

    /// Foreign keys that stay follow the columns of their parents that get other names.
    private static func followingColumns(
        _ hints: [ColumnRename], live: [String: Table], desired: [String: Table]
    ) -> [String: Table] {
        guard !hints.isEmpty else { return live }
        var due: [String: [String: String]] = [:]
        for hint in hints where due[hint.table] == nil {
            guard let from = live[hint.table], let to = desired[hint.table] else { continue }
            // A conflict of hints is reported where the table itself is compared.
            due[hint.table] = try? TableDiff.dueRenames(hints, from: from, to: to)
        }
        return live.reduce(into: live) { result, entry in
            let wanted = Set(desired[entry.key]?.foreignKeys ?? [])
            for (place, key) in entry.value.foreignKeys.enumerated()
            where key.referencedSchema == nil && key.referencedTable != entry.value.name {
                var renamed = key
                renamed.referencedColumns = key.referencedColumns.map {
                    due[key.referencedTable]?[$0] ?? $0
                }
                if renamed != key, wanted.contains(where: { $0.name == key.name }) {
                    result[entry.key]?.foreignKeys[place] = renamed
                }
            }
        }
    }

    /// Throws where a table changes before a parent whose new names it has in its keys already:
    /// its live definition would not be the one that its change starts from.
    private static func requireRenamesFirst(_ sorted: [TableChange]) throws(DiffError) {
        var waiting = Dictionary(
            sorted.filter { $0.kind == .alter }.map { ($0.table, $0) }, uniquingKeysWith: { $1 })
        for change in sorted {
            waiting[change.table] = nil
            for key in change.from?.foreignKeys ?? [] where key.referencedSchema == nil {
                guard let parent = waiting[key.referencedTable], parent.givesNames(to: key) else {
                    continue
                }
                throw DiffError(
                    .unsupported, table: change.table, parent: parent.table,
                    "it refers to table `\(parent.table)`, which is renamed, and has to change "
                        + "before that; rename the table in one commit, and change the rest in "
                        + "another")
            }
        }
    }
}

extension TableChange {
    /// True where `key`, which is live, has names of this table that only this change gives it.
    func givesNames(to key: ForeignKey) -> Bool {
        guard kind == .alter, key.referencedSchema == nil, key.referencedTable == table else {
            return false
        }
        let columns = Set(from?.columns.map(\.name) ?? [])
        return renamedFrom != nil || key.referencedColumns.contains { !columns.contains($0) }
    }

    /// True where `key`, which is live, has names of this table that this change takes away.
    func takesNames(of key: ForeignKey) -> Bool {
        guard kind == .alter, key.referencedSchema == nil, let from,
            key.referencedTable == from.name
        else { return false }
        let isRenamed = alterations.flatMap(\.clauses).contains { clause in
            guard case .changeColumn(let old, let new, _) = clause else { return false }
            return old.name != new.name && key.referencedColumns.contains(old.name)
        }
        return renamedFrom != nil || isRenamed
    }
}

extension Table {
    /// The table after others were renamed: its foreign keys follow their parents by themselves.
    ///
    /// - Parameter renames: live name → desired name. Keys to the table itself are left alone:
    ///   they follow when it is renamed itself.
    package func following(_ renames: [String: String]) -> Table {
        guard !renames.isEmpty else { return self }
        var result = self
        for (place, key) in foreignKeys.enumerated()
        where key.referencedSchema == nil && key.referencedTable != name {
            result.foreignKeys[place].referencedTable =
                renames[key.referencedTable] ?? key.referencedTable
        }
        return result
    }

    fileprivate func hasColumns(of other: Table) -> Bool {
        columns.count == other.columns.count
            && zip(columns, other.columns).allSatisfy { left, right in
                left.name == right.name && !hasOtherDefinition(of: left, than: right, in: other)
            }
    }
}
