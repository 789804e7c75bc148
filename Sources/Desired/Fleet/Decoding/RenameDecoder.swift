import Diff
import Schema

/// Decodes one entry of `renames`: of a table, a column or an index.
struct RenameDecoder {
    let reader: NodeReader

    func rename(_ node: YAMLNode) -> RenameHint? {
        guard let fields = reader.fields(node, RenameKey.self), let table = fields[.table] else {
            return nil
        }
        if case .mapping = table.content { return self.table(table, fields, node) }
        guard let name = fields.read(.table, reader.string) else { return nil }
        switch (fields[.column], fields[.index]) {
        case (let column?, nil):
            return names(column, RenamedColumnKey.self, from: .from, to: .to, node, "column", name)
                .map { from, to in
                    RenameHint(
                        .column(ColumnRename(table: name, from: from, to: to)), at: node.location)
                }
        case (nil, let index?):
            return self.index(index, of: name, node)
        case (nil, nil):
            reader.diagnostics.error(
                .missingKey, "a rename in `\(name)` has neither `column` nor `index`",
                remedy: "add one of them; a table itself is renamed by `table: {from: …, to: …}`",
                at: node.location)
            return nil
        case (.some, .some):
            return reader.invalid(
                node, "a rename in `\(name)` has both `column` and `index`", "write two renames")
        }
    }

    private func table(
        _ table: YAMLNode, _ fields: Fields<RenameKey>, _ node: YAMLNode
    ) -> RenameHint? {
        for key in [RenameKey.column, .index] where fields[key] != nil {
            return reader.invalid(
                node, "a rename of a table has `\(key.rawValue)` besides",
                "write two renames; that of the \(key.rawValue) names the table as it is then")
        }
        return names(table, RenamedTableKey.self, from: .from, to: .to, node, "table", nil)
            .map { RenameHint(.table(TableRename(from: $0, to: $1)), at: node.location) }
    }

    private func index(_ index: YAMLNode, of table: String, _ node: YAMLNode) -> RenameHint? {
        guard
            let (from, to) = names(
                index, RenamedIndexKey.self, from: .from, to: .to, node, "index", table)
        else { return nil }
        guard from.uppercased() != "PRIMARY", to.uppercased() != "PRIMARY" else {
            return reader.invalid(
                node, "a primary key of `\(table)` has no other name than PRIMARY",
                "remove the rename")
        }
        return RenameHint(.index(IndexRename(table: table, from: from, to: to)), at: node.location)
    }

    /// The old and the new name of a rename.
    private func names<Key: FleetKey>(
        _ node: YAMLNode, _ type: Key.Type, from: Key, to: Key, _ hint: YAMLNode, _ what: String,
        _ table: String?
    ) -> (from: String, to: String)? {
        let fields = reader.fields(node, type)
        guard let old = fields?.read(from, reader.string), let new = fields?.read(to, reader.string)
        else { return nil }
        guard old != new else {
            let place = table.map { " of `\($0)`" } ?? ""
            return reader.invalid(
                hint, "the \(what) `\(old)`\(place) is renamed to itself",
                "remove the rename or correct `to`")
        }
        return (old, new)
    }
}
