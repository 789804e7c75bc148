import Diff
import Schema

/// Finds renames in `plumb.yaml` that fit no schema of their namespace.
struct DanglingRenames {
    let namespace: Namespace
    let schemas: [DesiredSchema]
    let diagnostics: DiagnosticList

    /// Reports each rename that fits none of the schemas, of which there may be several.
    func check() {
        for hint in namespace.renames {
            switch hint.subject {
            case .table(let rename): check(rename, at: hint.location)
            case .column(let rename):
                checkPart(
                    "column", rename.to, of: rename.table, at: hint.location,
                    names: { $0.source.columns.map(\.name) })
            case .index(let rename):
                checkPart(
                    "index", rename.to, of: rename.table, at: hint.location,
                    names: { $0.source.indexNames })
            }
        }
    }

    private func check(_ rename: TableRename, at location: SourceLocation) {
        let chain = TableChain(namespace.renames)
        let names = chain.names(from: rename.to)
        guard !schemas.contains(where: { schema in names.contains { schema.table($0) != nil } })
        else { return }
        missingTable(rename.to, at: location)
    }

    private func checkPart(
        _ what: String, _ name: String, of table: String, at location: SourceLocation,
        names: (DesiredTable) -> [String]
    ) {
        let tables = schemas.compactMap { $0.table(table) }
        guard !tables.isEmpty else { return missingTable(table, at: location) }
        let known = tables.flatMap(names)
        guard !known.contains(where: { $0.lowercased() == name.lowercased() }) else { return }
        report(
            "the rename names the \(what) `\(name)`, which `\(table)` does not have",
            near: Nearest.match(name, in: known), at: location)
    }

    private func missingTable(_ name: String, at location: SourceLocation) {
        let known = Set(schemas.flatMap { $0.tables.map(\.name) }).sorted()
        report(
            "the rename names the table `\(name)`, which `\(namespace.name)` does not have",
            near: Nearest.match(name, in: known), at: location)
    }

    private func report(_ message: String, near: String?, at location: SourceLocation) {
        diagnostics.error(
            .danglingRename, message,
            remedy: near.map { "did you mean `\($0)`? If not, remove the rename" }
                ?? "correct the rename, or remove it once every shard has followed",
            at: location)
    }
}

/// The renames of a namespace's tables in `plumb.yaml`, with tables renamed more than once.
struct TableChain {
    private let next: [String: String]

    init(_ hints: [RenameHint]) {
        var next: [String: String] = [:]
        for hint in hints {
            guard case .table(let rename) = hint.subject else { continue }
            next[rename.from] = rename.to
        }
        self.next = next
    }

    /// `name` and the later names of its table, in their order.
    func names(from name: String) -> [String] {
        var names = [name]
        while let last = names.last, let further = next[last], !names.contains(further) {
            names.append(further)
        }
        return names
    }
}

extension SourceTable {
    /// The names of its indexes as far as the text determines them: an index without a name gets
    /// that of its first column, and one made for a foreign key gets that of the key.
    fileprivate var indexNames: [String] {
        keys.filter { $0.kind != .primary }.compactMap { $0.name ?? $0.parts.first?.text }
            + foreignKeys.compactMap { $0.name ?? $0.columns.first }
    }
}
