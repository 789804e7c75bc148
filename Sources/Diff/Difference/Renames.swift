import Schema

/// The hint that a column of the desired schema had another name before.
package struct ColumnRename: Hashable, Sendable, Codable {
    /// The table's name in the desired schema.
    package let table: String
    package let from: String
    package let to: String

    package init(table: String, from: String, to: String) {
        self.table = table
        self.from = from
        self.to = to
    }
}

/// The hint that a table of the desired schema had another name before.
package struct TableRename: Hashable, Sendable, Codable {
    package let from: String
    package let to: String

    package init(from: String, to: String) {
        self.from = from
        self.to = to
    }
}

/// The hint that an index of the desired schema had another name before.
package struct IndexRename: Hashable, Sendable, Codable {
    /// The table's name in the desired schema.
    package let table: String
    package let from: String
    package let to: String

    package init(table: String, from: String, to: String) {
        self.table = table
        self.from = from
        self.to = to
    }
}

/// All rename hints of a schema.
package struct Renames: Hashable, Sendable {
    package var tables: [TableRename]
    package var columns: [ColumnRename]
    package var indexes: [IndexRename]

    package init(
        tables: [TableRename] = [], columns: [ColumnRename] = [], indexes: [IndexRename] = []
    ) {
        self.tables = tables
        self.columns = columns
        self.indexes = indexes
    }
}

extension ColumnRename {
    /// The hints that are due now: live name → desired name, both as printed.
    ///
    /// A hint may stay in the schema before, while and after the fleet follows it: it is due where
    /// the old name is live and the new one is not, and does nothing where the old name is gone.
    static func due(
        _ hints: [ColumnRename], from: Table, to: Table
    ) throws(DiffError) -> [String: String] {
        var due: [String: String] = [:]
        for hint in hints where hint.table == to.name {
            let old = from.columns.first { $0.name.sameName(as: hint.from) }
            let isNewLive = from.columns.contains { $0.name.sameName(as: hint.to) }
            guard let old, !hint.from.sameName(as: hint.to) else { continue }
            if isNewLive {
                throw DiffError(
                    .renameConflict, table: to.name,
                    "the hint renames column `\(hint.from)` to `\(hint.to)`, but both are live; "
                        + "drop one of them or remove the hint")
            }
            guard let new = to.columns.first(where: { $0.name.sameName(as: hint.to) })
            else { continue }
            if to.columns.contains(where: { $0.name.sameName(as: hint.from) }) {
                throw DiffError(
                    .renameConflict, table: to.name,
                    "the hint renames column `\(hint.from)` to `\(hint.to)`, but the desired table "
                        + "has both; remove the hint or the old column")
            }
            if due[old.name] != nil || due.values.contains(new.name) {
                throw DiffError(
                    .renameConflict, table: to.name,
                    "two hints claim column `\(hint.from)` or `\(hint.to)`; keep one of them")
            }
            due[old.name] = new.name
        }
        return due
    }

    /// `renames`, and the columns whose names differ in letter case only, which servers take for
    /// the same.
    static func pairedNames(
        from: Table, to: Table, renames: [String: String]
    ) -> [String: String] {
        var names = renames
        for column in from.columns where names[column.name] == nil {
            let other = to.columns.first { $0.name.sameName(as: column.name) }
            if let other, other.name != column.name { names[column.name] = other.name }
        }
        return names
    }
}
