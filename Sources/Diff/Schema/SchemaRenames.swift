import Schema

/// Renames of tables and columns, as far as they concern other tables.
extension SchemaDiff {
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
        // Two candidates tell that there is not exactly one: a fleet may have thousands of them.
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

    /// Foreign keys that stay follow the columns of their parents that get other names.
    static func followingColumns(
        _ hints: [ColumnRename], live: [String: Table], desired: [String: Table]
    ) -> [String: Table] {
        guard !hints.isEmpty else { return live }
        var due: [String: [String: String]] = [:]
        for hint in hints where due[hint.table] == nil {
            guard let from = live[hint.table], let to = desired[hint.table] else { continue }
            // A conflict of hints is reported where the table itself is compared.
            due[hint.table] = try? ColumnRename.due(hints, from: from, to: to)
        }
        return live.reduce(into: live) { result, entry in
            let wanted = Set(desired[entry.key]?.foreignKeys ?? [])
            for (place, key) in entry.value.foreignKeys.enumerated()
            where key.referencedSchema == nil && key.referencedTable != entry.value.name {
                var renamed = key
                renamed.referencedColumns = key.referencedColumns.map {
                    due[key.referencedTable]?[$0] ?? $0
                }
                let stays = wanted.contains {
                    $0.name == key.name && $0.referencedTable == key.referencedTable
                }
                if renamed != key, stays {
                    result[entry.key]?.foreignKeys[place] = renamed
                }
            }
        }
    }
}

extension TableRename {
    /// Live name → desired name.
    static func due(
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
