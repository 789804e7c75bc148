import Diff
import Observed
import Reconciler
import Schema

/// Groups equal databases: those of a group become the shards of one namespace.
struct DatabaseGroups {
    struct Group {
        /// Sorted.
        let databases: [String]
        /// By name.
        let tables: [String: Digest]
        /// Sorted by their encoded names.
        var objects: [Object] = []
    }

    /// What the file of an object has to say, and why it cannot be written exactly.
    struct Object {
        let file: ObjectFile
        let leftOut: [String]
    }

    /// By the name of their first database.
    private(set) var groups: [Group] = []
    /// Databases that matched a pattern and differ from most of the others that did.
    private(set) var differing: [ImportReport.Difference] = []
    /// Databases without anything to import.
    private(set) var empty: [String] = []
    /// The `sql_mode` that the fleet file needs, so that the files mean what the server prints; nil
    /// where they do without one.
    private(set) var sqlMode: String?

    init(groups: [Group]) {
        self.groups = groups
    }

    /// - Parameter account: the account of the connection, as servers print it after `DEFINER=`.
    init(
        selection: DatabaseSelection, reading: DatabaseReading, account: String,
        context: ReconcileContext
    ) throws {
        var likeness = Likeness(catalog: context.catalog)
        var byDigest: [Digest: [String]] = [:]
        for name in selection.names {
            guard let shard = reading.known[name] else { continue }
            if shard.schema.tables.isEmpty {
                empty.append(name)
            } else {
                byDigest[likeness.digest(of: shard.schema), default: []].append(name)
            }
        }
        let alike = byDigest.values.sorted { ($0.first ?? "") < ($1.first ?? "") }
        var references: [String: String] = [:]
        var wanted: Set<String> = []
        for group in alike where !selection.exact.isDisjoint(with: group) {
            wanted.formUnion(group)
        }
        for pattern in selection.patterns {
            // Of groups of equal size the first one is taken; `max` would take the last.
            let parts = alike.map { Set($0).intersection(pattern) }
            guard let most = parts.map(\.count).max(), most > 0,
                let place = parts.firstIndex(where: { $0.count == most })
            else { continue }
            wanted.formUnion(alike[place])
            for name in pattern { references[name] = references[name] ?? alike[place].first }
        }
        let texts = Set(
            wanted.compactMap { reading.known[$0] }.flatMap { $0.schema.tables.values }
        ).compactMap { context.catalog[$0] }.filter { $0.object?.settings.sqlMode == nil }
        if let profile = reading.known.values.first?.profile,
            profile.readsOtherwise(texts.lazy.map(\.text))
        {
            sqlMode = profile.sqlMode
        }
        for group in alike {
            guard let first = group.first, let shard = reading.known[first] else { continue }
            if wanted.contains(first) {
                groups.append(
                    Group(
                        databases: group, tables: shard.schema.tables(),
                        objects: Self.objects(
                            group.compactMap { reading.known[$0] }, account, context.catalog,
                            sqlMode: sqlMode)))
                continue
            }
            for name in group {
                guard let reference = references[name], let other = reading.known[reference] else {
                    continue
                }
                differing.append(
                    .init(
                        database: name, reference: reference,
                        lines: Self.lines(from: other, to: shard, context)))
            }
        }
        differing.sort { $0.database < $1.database }
        guard !groups.isEmpty else { throw Self.nothing(selection, reading) }
    }

    private static func objects(
        _ shards: [KnownShard], _ account: String, _ catalog: ObjectCatalog, sqlMode: String?
    ) -> [Object] {
        guard let first = shards.first else { return [] }
        let commons = first.schema.tables.keys.sorted().compactMap { name in
            // Equal shards mostly have the very same text.
            let digests = Set(shards.compactMap { $0.schema.tables[name] })
            let all = digests.compactMap { catalog[$0]?.object }
            return CommonDefinition(all, account: account)
        }
        let counts = Dictionary(
            commons.filter { $0.definition.name.kind == .trigger }.map {
                ($0.definition.name.name, $0.definition.predecessors.count)
            }, uniquingKeysWith: { first, _ in first })
        return commons.map { common in
            // The last of the triggers that it runs after: the one with the most before itself.
            let predecessor = common.definition.predecessors.max {
                counts[$0] ?? 0 < counts[$1] ?? 0
            }
            return Object(
                file: ObjectFile(
                    common.definition, behind: predecessor,
                    sqlMode: sqlMode ?? first.profile.fileMode),
                leftOut: common.leftOut)
        }
    }

    private static func lines(
        from reference: KnownShard, to shard: KnownShard, _ context: ReconcileContext
    ) -> [ImportReport.Difference.Line] {
        let (left, right) = (reference.schema.tables, shard.schema.tables)
        return Set(left.keys).union(right.keys).sorted().flatMap { name in
            guard left[name] != right[name] else { return [ImportReport.Difference.Line]() }
            return lines(
                name, left[name].flatMap { context.catalog[$0] },
                right[name].flatMap { context.catalog[$0] }, flavour: shard.profile.flavour)
        }
    }

    private static func lines(
        _ name: String, _ left: CatalogTable?, _ right: CatalogTable?,
        flavour: ServerProfile.Flavour
    ) -> [ImportReport.Difference.Line] {
        if ObjectName(encoded: name).kind != .table {
            return ObjectLines.lines(
                ObjectName(encoded: name), from: left?.object, to: right?.object
            ).map { .init(table: name, text: $0.description) }
        }
        guard let left else { return [.init(table: name, text: "+ TABLE \(name)")] }
        guard let right else { return [.init(table: name, text: "- TABLE \(name)")] }
        guard let old = left.table, let new = right.table else {
            let reason = left.unsupported ?? right.unsupported ?? "its definition differs"
            return [.init(table: name, text: "cannot be compared: \(reason)")]
        }
        let found = DifferenceLines.lines(from: old, to: new, flavour: flavour)
        guard !found.isEmpty else {
            return [.init(table: name, text: "written differently, with the same meaning")]
        }
        return found.map { .init(table: name, text: $0.description) }
    }

    private static func nothing(
        _ selection: DatabaseSelection, _ reading: DatabaseReading
    ) -> ImportError {
        if let first = reading.unknown.first {
            return ImportError(
                .nothingToImport,
                "none of \(selection.names.count) databases can be read; \(first.database): "
                    + "\(first.code): \(first.reason)")
        }
        let names = selection.names.prefix(5).joined(separator: ", ")
        return ImportError(
            .nothingToImport,
            "\(reading.server): \(names): no tables to import",
            remedy: "name databases that have some")
    }
}

/// Decides which databases are equal: the same tables, and other objects that differ at most in
/// what a file can leave to the server.
private struct Likeness {
    let catalog: ObjectCatalog
    private var known: [Digest: Digest] = [:]

    init(catalog: ObjectCatalog) {
        self.catalog = catalog
    }

    mutating func digest(of schema: ShardSchema) -> Digest {
        var reduced: [String: Digest] = [:]
        for (name, digest) in schema.tables {
            guard ObjectName(encoded: name).kind != .table else {
                reduced[name] = digest
                continue
            }
            let like =
                known[digest]
                ?? catalog[digest]?.object.map {
                    Digest(of: $0.omitting(.everything).running(after: []).text)
                } ?? digest
            known[digest] = like
            reduced[name] = like
        }
        return catalog.schema(of: reduced).digest
    }
}

extension ShardSchema {
    /// The tables alone, by name.
    fileprivate func tables() -> [String: Digest] {
        var result: [String: Digest] = [:]
        for (encoded, digest) in tables {
            let name = ObjectName(encoded: encoded)
            if name.kind == .table { result[name.name] = digest }
        }
        return result
    }
}
