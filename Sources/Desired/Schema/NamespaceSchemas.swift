import Diff
import Schema

/// Assembles the desired schema of each shard of a namespace.
struct NamespaceSchemas {
    let namespace: Namespace
    let library: SourceLibrary
    let diagnostics: DiagnosticList
    /// The SQL modes in which the servers of shards read files, where `plumb.yaml` names none; see
    /// ``SourceMode``.
    var modes: SourceModes = SourceModes()

    /// Shards with equal groups have equal schemas.
    private struct Group: Hashable {
        let mode: String
        /// Indices in the namespace's `pins` and `overlays`.
        let pin: Int?
        let overlays: [Int]
    }

    /// The distinct schemas, and each shard's index among them.
    ///
    /// `isComplete` is false where some shards are left out: a table that none of the others has
    /// may then still exist.
    func assemble(
        _ shards: [Shard], isComplete: Bool = true
    ) -> (schemas: [DesiredSchema], assignment: [ShardID: Int]) {
        var schemas: [DesiredSchema] = []
        var places: [Group: Int] = [:]
        var assignment: [ShardID: Int] = [:]
        for shard in shards {
            let group = group(of: shard)
            if places[group] == nil {
                // Left unassigned where the schema has errors, which stop the command later.
                guard let schema = schema(of: group) else { continue }
                places[group] = place(of: schema, in: &schemas)
            }
            assignment[shard.id] = places[group]
        }
        if isComplete, assignment.count == shards.count {
            DanglingRenames(namespace: namespace, schemas: schemas, diagnostics: diagnostics)
                .check()
        }
        return (schemas, assignment)
    }

    private func group(of shard: Shard) -> Group {
        Group(
            mode: modes.mode(of: shard.id, in: namespace),
            pin: namespace.pins.firstIndex { $0.selector.selects(shard) },
            overlays: namespace.overlays.indices.filter {
                namespace.overlays[$0].selector.selects(shard)
            })
    }

    private func place(of schema: DesiredSchema, in schemas: inout [DesiredSchema]) -> Int {
        let known = schemas.firstIndex {
            $0.digest == schema.digest && $0.mode == schema.mode
                && $0.renames == schema.renames
                && $0.tableRenames == schema.tableRenames
                && $0.indexRenames == schema.indexRenames && $0.retire == schema.retire
                && $0.overlaid == schema.overlaid
        }
        if let known { return known }
        schemas.append(schema)
        return schemas.count - 1
    }

    private func schema(of group: Group) -> DesiredSchema? {
        let pin = group.pin.map { namespace.pins[$0].ref }
        let kinds = namespace.managedObjects.union(namespace.unread)
        let base = library.folder(
            namespace.schema, pin: pin, kinds: kinds, mode: group.mode,
            allowsEmpty: namespace.allowsEmpty)
        let overlays = group.overlays.map {
            library.folder(
                namespace.overlays[$0].path, pin: pin, kinds: kinds, mode: group.mode)
        }
        guard let base, overlays.allSatisfy({ $0 != nil }) else { return nil }
        let before = diagnostics.errorCount
        let written = merged(
            base.tables, overlays.compactMap { $0?.tables }, "table", name: \.name,
            location: \.location)
        let byName = LikeTables(
            tables: written, namespace: namespace.name, diagnostics: diagnostics
        ).resolved()
        let writtenObjects = merged(
            base.objects, overlays.compactMap { $0?.objects }, "object", name: \.name.name,
            location: \.location
        ).filter { !namespace.unread.contains($0.value.name.kind) }
        let objects = TriggerOrder(
            objects: writtenObjects, namespace: namespace.name, diagnostics: diagnostics
        ).resolved()
        let sorted = objects.values.sorted { $0.name < $1.name }
        checkSharedNames(byName, sorted)
        let tables = byName.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        checkReferences(byName, among: written)
        let hints = RenameHints(
            namespace: namespace, tables: byName, diagnostics: diagnostics)
        let schema = DesiredSchema(
            namespace: namespace.name, digest: DesiredSchema.digest(of: tables, sorted),
            tables: tables, objects: sorted,
            renames: hints.columnRenames(), tableRenames: hints.tableRenames(),
            indexRenames: hints.indexRenames(), retire: retired(byName, objects),
            overlaid: Self.twins(among: tables, sorted).intersection(
                Self.names(in: overlays.compactMap { $0 })), mode: group.mode)
        return diagnostics.errorCount == before ? schema : nil
    }

    // MARK: Overlays

    /// The encoded names that differ from another one only by letter case.
    private static func twins(
        among tables: [DesiredTable], _ objects: [DesiredObject]
    ) -> Set<String> {
        let names = tables.map { ObjectName(.table, $0.name) } + objects.map(\.name)
        let groups = Dictionary(grouping: names) { NameFolding.lowered($0.name) }
        return Set(groups.values.filter { $0.count > 1 }.joined().map(\.encoded))
    }

    /// The encoded names of everything that the folders define.
    private static func names(in folders: [SourceFolder]) -> Set<String> {
        folders.reduce(into: []) { names, folder in
            names.formUnion(folder.tables.keys.map { ObjectName(.table, $0).encoded })
            names.formUnion(folder.objects.values.map(\.name.encoded))
        }
    }

    /// The definitions of the base, replaced by those of overlays.
    private func merged<Definition>(
        _ base: [String: Definition], _ overlays: [[String: Definition]], _ what: String,
        name: (Definition) -> String, location: (Definition) -> SourceLocation
    ) -> [String: Definition] {
        var result = base
        var laid: [String: Definition] = [:]
        for (key, definition) in overlays.flatMap({ $0.sorted { $0.key < $1.key } }) {
            if let other = laid[key] {
                diagnostics.error(
                    .conflictingOverlays,
                    "two overlays define the \(what) `\(name(definition))` for the same shards; "
                        + "the other is at \(location(other))",
                    remedy: "narrow one of the selectors, or keep the \(what) in one overlay",
                    at: location(definition))
            }
            laid[key] = definition
            result[key] = definition
        }
        return result
    }

    // MARK: Checks

    /// Tables, views and sequences share one namespace of names in a database.
    private func checkSharedNames(_ tables: [String: DesiredTable], _ objects: [DesiredObject]) {
        var taken = tables.mapValues { "table `\($0.name)` at \($0.location)" }
        for object in objects where object.name.kind == .view || object.name.kind == .sequence {
            let key = object.name.name
            if let other = taken[key] {
                diagnostics.error(
                    .duplicateTable, "the \(object.name) has the name of the \(other)",
                    remedy: "rename one of the two", at: object.location)
            }
            taken[key] = "\(object.name) at \(object.location)"
        }
    }

    private func checkReferences(
        _ tables: [String: DesiredTable], among all: [String: DesiredTable]
    ) {
        let names = WrittenNames(all)
        for table in tables.values {
            for reference in table.source.references
            where reference.database == nil && names[reference.table] == nil {
                let near = Nearest.match(reference.table, in: all.values.map(\.name).sorted())
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

    /// The encoded names in `retire` that neither `tables` nor `objects` has.
    private func retired(
        _ tables: [String: DesiredTable], _ objects: [String: DesiredObject]
    ) -> [String] {
        namespace.retire.compactMap { name in
            let retired = ObjectName(encoded: name.value)
            let place =
                retired.kind == .table
                ? tables[retired.name]?.location
                : objects[NameFolding.strictestKey(retired).encoded]?.location
            guard let place else { return name.value }
            // Overlays and pinned revisions may still define it, but the schema itself must not.
            if isBase(place) {
                diagnostics.error(
                    .retiredTableDefined,
                    "the \(retired) is retired and still defined at \(place)",
                    remedy: "remove the definition, or remove it from `retire`", at: name.location)
            }
            return nil
        }
    }

    private func isBase(_ location: SourceLocation) -> Bool {
        location.file.hasPrefix(namespace.schema.value + "/")
    }
}
