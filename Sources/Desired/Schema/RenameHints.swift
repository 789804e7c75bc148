import Diff
import Schema

/// The renames of one schema, from `plumb.yaml` and from the files.
struct RenameHints {
    let namespace: Namespace
    /// By name in lower case.
    let tables: [String: DesiredTable]
    let diagnostics: DiagnosticList

    /// Column renames whose new name the schema has, each once.
    ///
    /// A pinned revision may not know the new name yet: such a rename is not for it.
    func columnRenames() -> [ColumnRename] {
        var result: [ColumnRename] = []
        for hint in namespace.renames + hintsInFiles() {
            let rename = hint.rename
            guard let table = tables[rename.table.lowercased()],
                table.location(ofColumn: rename.to) != nil, !result.contains(rename)
            else { continue }
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
        left.table.lowercased() == right.table.lowercased()
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
                ColumnRename(table: hint.table, from: from, to: to), at: hint.location)
        }
    }

    /// Table renames, which only files have.
    func tableRenames() -> [TableRename] {
        var result: [TableRename] = []
        for hint in sortedHints {
            guard case .table(let from) = hint.subject else { continue }
            let retired = namespace.retire.first { $0.value.lowercased() == from.lowercased() }
            let fault: String? =
                if let old = tables[from.lowercased()] {
                    "`\(from)` is still defined at \(old.location)"
                } else if let retired {
                    "`\(from)` is retired at \(retired.location)"
                } else if let other = result.first(where: {
                    $0.from.lowercased() == from.lowercased()
                }) {
                    "`\(from)` becomes `\(other.to)` elsewhere"
                } else {
                    nil
                }
            guard let fault else {
                result.append(TableRename(from: from, to: hint.table))
                continue
            }
            diagnostics.error(
                .conflictingRename,
                "the rename of the table `\(from)` to `\(hint.table)` is wrong: \(fault)",
                remedy: "remove one of the two", at: hint.location)
        }
        return result
    }
}
