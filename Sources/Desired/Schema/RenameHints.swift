import Diff
import Schema

/// The renames that apply to one schema, from `plumb.yaml` and from the files.
struct RenameHints {
    let namespace: Namespace
    /// By name.
    let tables: [String: DesiredTable]
    let diagnostics: DiagnosticList
    private let names: WrittenNames<DesiredTable>

    init(namespace: Namespace, tables: [String: DesiredTable], diagnostics: DiagnosticList) {
        self.namespace = namespace
        self.tables = tables
        self.diagnostics = diagnostics
        names = WrittenNames(tables)
    }

    /// Renames to columns that the schema has, each once.
    ///
    /// A pinned revision may not have the new name yet; the rename does not apply to it then.
    func columnRenames() -> [ColumnRename] {
        var result: [ColumnRename] = []
        for hint in namespace.renames + hintsInFiles() {
            guard case .column(let written) = hint.subject, let table = names[written.table],
                table.location(ofColumn: written.to) != nil
            else { continue }
            let rename = ColumnRename(table: table.name, from: written.from, to: written.to)
            guard !result.contains(rename) else { continue }
            if let old = table.location(ofColumn: rename.from) {
                diagnostics.error(
                    .conflictingRename,
                    "the rename of the column `\(rename.from)` of `\(rename.table)` to "
                        + "`\(rename.to)` is wrong: both are defined; the old one is at \(old)",
                    remedy: "remove the rename or the old column", at: hint.location)
            } else if let other = result.first(where: { overlaps($0, rename) }) {
                diagnostics.error(
                    .conflictingRename,
                    "the column `\(rename.to)` of `\(rename.table)` is renamed from "
                        + "`\(rename.from)` here, and elsewhere `\(other.from)` becomes "
                        + "`\(other.to)`",
                    remedy: "keep one of the two", at: hint.location)
            } else {
                result.append(rename)
            }
        }
        return result
    }

    private func overlaps(_ left: ColumnRename, _ right: ColumnRename) -> Bool {
        left.table == right.table
            && (left.from.lowercased() == right.from.lowercased()
                || left.to.lowercased() == right.to.lowercased())
    }

    private var sortedHints: [SourceRename] {
        tables.sorted { $0.key < $1.key }.flatMap(\.value.hints)
    }

    private func hintsInFiles() -> [RenameHint] {
        sortedHints.compactMap { hint in
            guard case .column(let from, let to) = hint.subject else { return nil }
            return RenameHint(
                .column(ColumnRename(table: hint.table, from: from, to: to)), at: hint.location)
        }
    }

    // MARK: Indexes

    /// Renames of indexes of tables that the schema has. Whether the index exists is not checked:
    /// some names of indexes are chosen by servers.
    func indexRenames() -> [IndexRename] {
        namespace.renames.compactMap { hint in
            guard case .index(let written) = hint.subject, let table = names[written.table]
            else { return nil }
            let rename = IndexRename(table: table.name, from: written.from, to: written.to)
            if let old = table.location(ofConstraint: rename.from),
                table.location(ofConstraint: rename.to) != nil
            {
                diagnostics.error(
                    .conflictingRename,
                    "the rename of the index `\(rename.from)` of `\(rename.table)` to "
                        + "`\(rename.to)` is wrong: both are defined; the old one is at \(old)",
                    remedy: "remove the rename or the old index", at: hint.location)
                return nil
            }
            return rename
        }
    }

    // MARK: Tables

    /// Renames to tables that the schema has, each once.
    ///
    /// A table that was renamed more than once has one entry for each earlier name, because shards
    /// may still have any of them.
    func tableRenames() -> [TableRename] {
        let chain = TableChain(namespace.renames)
        var result: [(hint: TableRename, step: TableRename)] = []
        for hint in namespace.renames + tableHintsInFiles() {
            guard case .table(let step) = hint.subject,
                let new = chain.names(from: step.to).lazy.compactMap({ names[$0] })
                    .first
            else { continue }
            let rename = TableRename(from: step.from, to: new.name)
            if let fault = fault(of: rename, step, beside: result) {
                diagnostics.error(
                    .conflictingRename,
                    "the rename of the table `\(step.from)` to `\(step.to)` is wrong: \(fault)",
                    remedy: rename.from == rename.to
                        ? "remove the rename" : "remove one of the two", at: hint.location)
            } else if !result.contains(where: { $0.hint == rename }) {
                result.append((rename, step))
            }
        }
        return result.map(\.hint)
    }

    private func fault(
        of rename: TableRename, _ step: TableRename,
        beside others: [(hint: TableRename, step: TableRename)]
    ) -> String? {
        if rename.from == rename.to { return "it is the name that the table has" }
        if let table = tables[rename.from] {
            return "`\(rename.from)` is still defined at \(table.location)"
        }
        if let retired = namespace.retire.first(where: { $0.value == rename.from }) {
            return "`\(rename.from)` is retired at \(retired.location)"
        }
        if let other = others.first(where: { $0.hint.from == rename.from && $0.step.to != step.to })
        {
            return "`\(rename.from)` becomes `\(other.step.to)` elsewhere"
        }
        if let other = others.first(where: { $0.step.to == step.to && $0.step.from != step.from }) {
            return "`\(step.to)` was `\(other.step.from)` elsewhere"
        }
        return nil
    }

    private func tableHintsInFiles() -> [RenameHint] {
        sortedHints.compactMap { hint in
            guard case .table(let from) = hint.subject else { return nil }
            return RenameHint(
                .table(TableRename(from: from, to: hint.table)), at: hint.location)
        }
    }
}
