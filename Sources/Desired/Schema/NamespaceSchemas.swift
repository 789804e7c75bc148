import Diff
import Schema

/// Puts together what each shard of a namespace should look like.
struct NamespaceSchemas {
    let namespace: Namespace
    let library: SourceLibrary
    let diagnostics: DiagnosticList

    /// Shards with one of these look alike.
    private struct Group: Hashable {
        /// Places in the namespace's `pins` and `overlays`.
        let pin: Int?
        let overlays: [Int]
    }

    /// The distinct schemas, and for every shard its place among them.
    ///
    /// `isComplete` is false where some shards are left out, so that what nobody here has may
    /// still be somewhere.
    func assemble(
        _ shards: [Shard], isComplete: Bool = true
    ) -> (schemas: [DesiredSchema], assignment: [ShardID: Int]) {
        var schemas: [DesiredSchema] = []
        var places: [Group: Int] = [:]
        var assignment: [ShardID: Int] = [:]
        for shard in shards {
            let group = group(of: shard)
            if places[group] == nil {
                // Stays unassigned where the schema is wrong: the errors stop the whole reading.
                guard let schema = schema(of: group) else { continue }
                places[group] = place(of: schema, in: &schemas)
            }
            assignment[shard.id] = places[group]
        }
        if isComplete, assignment.count == shards.count { checkRenames(schemas) }
        return (schemas, assignment)
    }

    private func group(of shard: Shard) -> Group {
        Group(
            pin: namespace.pins.firstIndex { $0.selector.selects(shard) },
            overlays: namespace.overlays.indices.filter {
                namespace.overlays[$0].selector.selects(shard)
            })
    }

    private func place(of schema: DesiredSchema, in schemas: inout [DesiredSchema]) -> Int {
        let known = schemas.firstIndex {
            $0.digest == schema.digest && $0.renames == schema.renames
                && $0.tableRenames == schema.tableRenames && $0.retire == schema.retire
        }
        if let known { return known }
        schemas.append(schema)
        return schemas.count - 1
    }

    private func schema(of group: Group) -> DesiredSchema? {
        let pin = group.pin.map { namespace.pins[$0].ref }
        let base = library.folder(
            namespace.schema, pin: pin, allowsEmpty: namespace.allowsEmpty)
        let overlays = group.overlays.map { library.folder(namespace.overlays[$0].path, pin: pin) }
        guard let base, overlays.allSatisfy({ $0 != nil }) else { return nil }
        let before = diagnostics.errorCount
        let byName = merged(base, overlays.compactMap { $0 })
        let tables = byName.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        checkReferences(byName)
        let hints = RenameHints(
            namespace: namespace, tables: byName, diagnostics: diagnostics)
        let schema = DesiredSchema(
            namespace: namespace.name, digest: DesiredSchema.digest(of: tables), tables: tables,
            renames: hints.columnRenames(), tableRenames: hints.tableRenames(),
            retire: retired(byName))
        return diagnostics.errorCount == before ? schema : nil
    }

    // MARK: Overlays

    /// The base with every overlay's tables put over it.
    private func merged(_ base: SourceFolder, _ overlays: [SourceFolder]) -> [String: DesiredTable]
    {
        var tables = base.tables
        var laid: [String: DesiredTable] = [:]
        for (key, table) in overlays.flatMap({ $0.tables.sorted { $0.key < $1.key } }) {
            if let other = laid[key] {
                diagnostics.error(
                    .conflictingOverlays,
                    "two overlays define the table `\(table.name)` for the same shards; "
                        + "the other is at \(other.location)",
                    remedy: "narrow one of the selectors, or keep the table in one overlay",
                    at: table.location)
            }
            laid[key] = table
            tables[key] = table
        }
        return tables
    }

    // MARK: Checks

    private func checkReferences(_ tables: [String: DesiredTable]) {
        for table in tables.values {
            for reference in table.source.references
            where reference.database == nil && tables[reference.table.lowercased()] == nil {
                let near = Nearest.match(reference.table, in: tables.values.map(\.name).sorted())
                diagnostics.error(
                    .danglingForeignKey,
                    "`\(table.name)` refers to the table `\(reference.table)`, which `"
                        + "\(namespace.name)` does not have",
                    remedy: near.map { "did you mean `\($0)`?" }
                        ?? "define the table, or remove the foreign key",
                    at: reference.location)
            }
        }
    }

    /// The tables of `retire` that are not among `tables`.
    private func retired(_ tables: [String: DesiredTable]) -> [String] {
        namespace.retire.compactMap { name in
            guard let table = tables[name.value.lowercased()] else { return name.value }
            // Overlays and pinned revisions may still have it; the schema itself may not.
            if isBase(table) {
                diagnostics.error(
                    .retiredTableDefined,
                    "the table `\(name.value)` is retired and still defined at \(table.location)",
                    remedy: "remove the definition, or remove it from `retire`", at: name.location)
            }
            return nil
        }
    }

    private func isBase(_ table: DesiredTable) -> Bool {
        table.location.file.hasPrefix(namespace.schema.value + "/")
    }

    /// A rename in `plumb.yaml` must mean a column of at least one schema.
    private func checkRenames(_ schemas: [DesiredSchema]) {
        for hint in namespace.renames {
            let rename = hint.rename
            let tables = schemas.compactMap { $0.table(rename.table) }
            if tables.contains(where: { $0.location(ofColumn: rename.to) != nil }) { continue }
            diagnostics.error(
                .danglingRename,
                tables.isEmpty
                    ? "the rename names the table `\(rename.table)`, which `\(namespace.name)` "
                        + "does not have"
                    : "the rename names the column `\(rename.to)`, which `\(rename.table)` does "
                        + "not have",
                remedy: "correct the rename, or remove it once every shard has followed",
                at: hint.location)
        }
    }
}
