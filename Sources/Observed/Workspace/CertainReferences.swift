import Schema

/// Foreign keys that a server takes for certain, as it has taken them before: a live table has the
/// very same ones, and nothing of what a server looks at is another than there.
struct CertainReferences {
    /// The wanted tables that are known, by name.
    let wanted: [String: Table]
    /// The live tables of the same profile, by name.
    let live: [String: Table]

    /// Whether all foreign keys of the table are certain; true where it has none.
    func hold(for table: Table) -> Bool {
        guard !table.foreignKeys.isEmpty else { return true }
        guard let old = live[table.name], table.foreignKeys == old.foreignKeys,
            isSame(table, old), table.checks == old.checks
        else { return false }
        return table.foreignKeys.allSatisfy { isCertain($0, of: table, old) }
    }

    /// Whether no two foreign keys of the tables have one name, which servers refuse.
    static func areNamedApart(_ tables: some Sequence<Table>) -> Bool {
        var names: Set<String> = []
        return tables.allSatisfy { table in
            table.foreignKeys.allSatisfy { names.insert($0.name.lowercased()).inserted }
        }
    }

    private func isCertain(_ key: ForeignKey, of table: Table, _ old: Table) -> Bool {
        guard key.referencedSchema == nil, let parent = wanted[key.referencedTable],
            let oldParent = live[key.referencedTable], isSame(parent, oldParent),
            let columns = Self.columns(key.columns, of: table),
            let parentColumns = Self.columns(key.referencedColumns, of: parent),
            columns.count == parentColumns.count,
            columns == Self.columns(key.columns, of: old),
            parentColumns == Self.columns(key.referencedColumns, of: oldParent)
        else { return false }
        // The live one may have been made while nobody looked: `foreign_key_checks=0`.
        let fit = zip(columns, parentColumns).allSatisfy { column, other in
            column.type == other.type
                && column.storedCharacterSet(in: table) == other.storedCharacterSet(in: parent)
                && column.storedCollation(in: table) == other.storedCollation(in: parent)
        }
        return fit
            && table.indexes.contains { index in
                index.begins(with: key.columns) && old.indexes.contains(index)
            }
            && parent.indexes.contains { index in
                [.primary, .unique].contains(index.kind)
                    && index.parts.count == key.referencedColumns.count
                    && index.begins(with: key.referencedColumns)
                    && oldParent.indexes.contains(index)
            }
    }

    /// Whether the table is of the same kind as the live one in what concerns all of its columns.
    private func isSame(_ table: Table, _ old: Table) -> Bool {
        table.option("ENGINE") == "InnoDB" && old.option("ENGINE") == "InnoDB"
            && table.partitioning == nil && old.partitioning == nil
            && !table.isSystemVersioned && !old.isSystemVersioned
            && !table.hasGeneratedColumns && !old.hasGeneratedColumns
            && ["DEFAULT CHARSET", "COLLATE"].allSatisfy { table.option($0) == old.option($0) }
    }

    private static func columns(_ names: [String], of table: Table) -> [Column]? {
        let found = names.compactMap { name in table.columns.first { $0.name == name } }
        return found.count == names.count ? found : nil
    }
}

extension Column {
    fileprivate func storedCharacterSet(in table: Table) -> String? {
        characterSet ?? table.option("DEFAULT CHARSET")
    }

    fileprivate func storedCollation(in table: Table) -> String? {
        collation ?? (characterSet == nil ? table.option("COLLATE") : nil)
    }
}

extension Index {
    /// Whether its first parts are these whole columns, in ascending order.
    fileprivate func begins(with columns: [String]) -> Bool {
        [.primary, .unique, .plain].contains(kind) && !isIgnored && withoutOverlaps == nil
            && parts.count >= columns.count
            && zip(parts, columns).allSatisfy { part, column in
                part.key == .column(column) && part.length == nil && !part.isDescending
            }
    }
}
