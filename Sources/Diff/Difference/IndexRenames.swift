import Schema

extension IndexRename {
    /// The hints for indexes that are due now: live name → desired name, both as printed.
    ///
    /// A server renames an index and changes nothing else about it: where the definition changes
    /// too, the hint cannot be honoured.
    ///
    /// - Parameter columns: the column renames that are due, live name → desired name.
    static func due(
        _ hints: [IndexRename], from: Table, to: Table, columns: [String: String]
    ) throws(DiffError) -> [String: String] {
        var due: [String: String] = [:]
        let renamed = from.renamingColumns(
            ColumnRename.pairedNames(from: from, to: to, renames: columns))
        for hint in hints where hint.table == to.name {
            guard !hint.from.sameName(as: hint.to), let old = renamed.index(hint.from) else {
                continue
            }
            if renamed.index(hint.to) != nil {
                throw conflict(hint, "but both are live; drop one of them or remove the hint")
            }
            guard let new = to.index(hint.to) else { continue }
            if to.index(hint.from) != nil {
                throw conflict(
                    hint, "but the desired table has both; remove the hint or the old index")
            }
            var namesake = renamed.canonical(index: old)
            namesake.name = new.name
            guard namesake == to.canonical(index: new) else {
                throw conflict(
                    hint,
                    "and its definition changes as well; rename it in one commit and change "
                        + "it in another, or remove the hint to have it built again")
            }
            if due[old.name] != nil || due.values.contains(new.name) {
                throw DiffError(
                    .renameConflict, table: to.name,
                    "two hints claim index `\(hint.from)` or `\(hint.to)`; keep one of them")
            }
            due[old.name] = new.name
        }
        return due
    }

    private static func conflict(_ hint: IndexRename, _ why: String) -> DiffError {
        DiffError(
            .renameConflict, table: hint.table,
            "the hint renames index `\(hint.from)` to `\(hint.to)`, \(why)")
    }
}

extension Table {
    /// The index called `name`, letter case aside; never the primary key, whose name is fixed.
    fileprivate func index(_ name: String) -> Index? {
        indexes.first { $0.kind != .primary && $0.name.sameName(as: name) }
    }
}
